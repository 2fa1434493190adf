// How many characters there are, of how many, once half of them are used.
document.addEventListener('input', (event) => {
  const box = event.target;
  if (!box.matches('textarea[maxlength]')) return;
  const most = box.maxLength;
  const length = box.value.length;
  let told = box.parentElement.querySelector(':scope > .counter');
  if (!told) {
    if (length * 2 < most && !box.closest('.ask-deed')) return;
    told = Object.assign(document.createElement('span'), { className: 'counter' });
    told.setAttribute('aria-hidden', 'true');
    box.after(told);
  }
  told.textContent = `${length}/${most}`;
  told.classList.toggle('is-full', length >= most);
});
