// 决策表: one table on its page: lint and test rows from the server, values tried, and on a large screen the editor.
import './tables.css';
import { Checking } from './_tables/checking.js';
import { Desk } from './_tables/desk.js';
import { open } from './_tables/opening.js';
import { Trying } from './_tables/trying.js';

const desk = new Desk(JSON.parse(document.getElementById('desk').textContent));
const trying = new Trying(desk);
const checking = new Checking(desk, trying);
trying.checking = checking;
const place = document.querySelector('[data-editor]');

if (place && window.matchMedia('(min-width: 768px)').matches) open(desk, place).finally(() => checking.now());
else checking.now();
window.anlan.desk = desk; // for the tests
