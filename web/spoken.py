"""A drawing with its words in the language of the page."""
import re
from html import escape, unescape

from web.i18n import language, tr

_NAME = re.compile(r'\bname="([^"]*[^\x00-\x7f][^"]*)"')  # attributes with words that are not English already


def spoken(xml: str) -> str:
    if language() == "zh":
        return xml
    return _NAME.sub(lambda found: f'name="{escape(tr(unescape(found[1])))}"', xml)
