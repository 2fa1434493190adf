// a goes to the first answer, r to sending back; Enter decides. From the inbox one arrives by the same keys (#agree, #return).
const answers = () => [...document.querySelectorAll('button[form=step-form][name=outcome]')];

function agree() {
  const first = answers()[0];
  first?.focus();
  first?.scrollIntoView({ block: 'nearest' });
}

/** The deed where the diagram offers it; else the answer that refuses. */
function sendBack() {
  const deed = document.querySelector('.more-deeds a[href*="/deeds/return"]');
  if (deed) return void deed.click();
  answers().find((button) => 'opinion' in button.dataset || button.classList.contains('btn-outline-danger'))?.focus();
}

const DEEDS = { a: agree, r: sendBack };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog, [contenteditable]')) return;
  const deed = DEEDS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

({ '#agree': agree, '#return': sendBack })[location.hash]?.();
