"""The one seam by which all others have something said in a language."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from portal.languages.reading import read_catalogue, translations
from portal.languages.tongues import ENGLISH, Tongue, tongue

# The portal's own words lie beside this module; what questionnaires say lies beside them.
OWN = Path(__file__).parent
FOLDER = "languages"


class Words(Struct, frozen=True):
    """What is translated into one language: the portal's own words, and what questionnaires say."""

    language: str
    own: Mapping[str, str] = {}
    content: Mapping[str, str] = {}

    def say(self, text: str) -> str:
        """Words of our own in this language, in English where they are not translated."""
        return self.own.get(text, text)


class Languages:
    """All languages there are. A language is read when somebody first reads in it: 0.1 s for 3,500 texts, once."""

    def __init__(self, questionnaires: Path, own: Path = OWN) -> None:
        self.own, self.content = own, questionnaires / FOLDER
        self._words = {ENGLISH: Words(ENGLISH)}
        codes = sorted(path.stem for path in own.glob("*.po"))
        self.tongues: dict[str, Tongue] = {code: tongue(code) for code in (ENGLISH, *codes)}

    def __contains__(self, code: str) -> bool:
        return code in self.tongues

    def words(self, code: str) -> Words:
        """Everything translated into a language; English for a language that is no longer there."""
        if code not in self.tongues:
            return self._words[ENGLISH]
        if code not in self._words:
            own, content = (translations(read_catalogue(folder / f"{code}.po")) for folder in (self.own, self.content))
            self._words[code] = Words(code, own, content)
        return self._words[code]
