// Words that scripts show, in the language of the page. Chinese is the key, as everywhere in the house.
export function speaker(english) {
  return (text, values = {}) => {
    const found = document.documentElement.lang.startsWith('en') ? english[text] ?? text : text;
    return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  };
}
