// A filter takes effect as soon as it is chosen; without this script its button does.
import './notices.css';

for (const choice of document.querySelectorAll('form[data-auto] select')) {
  choice.addEventListener('change', () => choice.form.requestSubmit());
}
