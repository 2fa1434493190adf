// The very preact that form-js draws with, see web/assets/build.mjs: two copies would not know one another's components.
export { h } from 'preact';
