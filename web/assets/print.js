// The approval sheet in the browser: its button opens the browser's own print dialog.
import './print.css';

document.querySelector('[data-print]').addEventListener('click', () => window.print());
