// 常用意见: one tap puts a ready sentence where the cursor is in the opinion.
document.addEventListener('click', (event) => {
  const ready = event.target.closest('[data-canned]');
  const box = document.getElementById('opinion');
  if (!ready || !box) return;
  const [from, to] = [box.selectionStart, box.selectionEnd];
  box.setRangeText(ready.dataset.canned, from, to, 'end');
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
});
