"""Each page that opens without an address of something: it offers the other language, and speaks one only."""
import re
from html.parser import HTMLParser

import pytest

CHINESE = re.compile(r"[\u3400-\u9fff]")
SILENT = ("script", "style", "template")
OFFLINE = "snapshot.shell"  # kept by the service worker and opened without a server: no form can be sent from it
VOID = {"meta", "link", "input", "br", "hr", "img", "use", "path", "source", "rect", "circle", "line"}


class Words(HTMLParser):
    """What a reader meets, without what people wrote themselves (data-text)."""

    def __init__(self):
        super().__init__()
        self.inside, self.found = [], []

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag not in VOID:
            self.inside.append((tag, "data-text" in said or tag in SILENT))
        if not self._aside() and "data-text" not in said:
            self.found += [said[name] for name in ("title", "placeholder", "aria-label", "alt", "data-confirm") if said.get(name)]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, text):
        if not self._aside():
            self.found.append(text)

    def _aside(self):
        return any(aside for _, aside in self.inside)


@pytest.mark.parametrize("who", ["wang", "li", "zhao", "admin", "au", "po", None])
def test_every_page_offers_both_languages_and_speaks_the_chosen_one_only(web_app, visit, who):
    visitor, wrong, pages = visit(who), [], 0
    for rule in web_app.url_map.iter_rules():
        if rule.arguments or "GET" not in rule.methods:
            continue
        visitor.get("/login" if who is None else "/me/password")
        visitor.post("/language", {"language": "en"})
        answer = visitor.get(str(rule))
        page = answer.get_data(as_text=True) if "html" in answer.content_type else ""
        if answer.status_code != 200 or "<html" not in page:
            continue
        pages += 1
        reader = Words()
        reader.feed(page)
        left = [text.strip() for text in reader.found if CHINESE.search(text)]
        offered = 'action="/language"' in page or rule.endpoint == OFFLINE
        if 'lang="en"' not in page or not offered or left:
            wrong.append((rule.endpoint, offered, left[:8]))
    assert pages >= (1 if who is None else 3)
    assert not wrong


def test_a_page_comes_back_in_the_language_just_chosen(visit):
    wang = visit("wang")
    for language, attribute in (("en", 'lang="en"'), ("zh", 'lang="zh-CN"')):
        back = wang.post("/language", {"language": language, "next": "/me/messages?show=unread"}).location
        assert back == "/me/messages?show=unread" and f"<html {attribute}>" in wang.get(back).get_data(as_text=True)
