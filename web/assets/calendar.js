// The year of a work calendar: one stop for the Tab key, arrows from day to day; the choice of a calendar opens it at once.
import './calendar.css';

const days = [...document.querySelectorAll('[data-year-grid] a[data-day]')];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, Home: -Infinity, End: Infinity };

stop(days.findIndex((day) => day.closest('.cal-asked')) >= 0
  ? days.findIndex((day) => day.closest('.cal-asked'))
  : Math.max(0, days.findIndex((day) => day.closest('.cal-today'))));

function stop(place) {
  days.forEach((day, number) => { day.tabIndex = number === place ? 0 : -1; });
}

document.querySelector('[data-year-grid]')?.addEventListener('keydown', (event) => {
  const here = days.indexOf(event.target);
  if (here < 0 || !(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const place = Math.min(Math.max(here + STEPS[event.key], 0), days.length - 1);
  stop(place);
  days[place].focus();
});

const choice = document.querySelector('form[data-auto]');
if (choice) {
  choice.querySelector('button').hidden = true;
  choice.querySelector('select').addEventListener('change', () => choice.requestSubmit());
}
