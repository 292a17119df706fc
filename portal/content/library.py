"""The whole of `questionnaires/`, read and checked together."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from portal.content.bank import Bank
from portal.content.carrying import read_carrying
from portal.content.catalogue import read_catalogue
from portal.content.conditions import Scope
from portal.content.contradictions import read_contradictions
from portal.content.draft import Draft
from portal.content.exits import read_exits
from portal.content.fields import Fields, InvalidContent, Mistake, Notes, did_you_mean, read_yaml
from portal.content.following import read_follow_up
from portal.content.questions import Setting, known_answers
from portal.content.schemes import RawOption, read_asks, read_options, read_scheme
from portal.core.catalogue import Catalogue
from portal.core.follow_up import FollowUp
from portal.core.questionnaire import LANGUAGES, Criterion, Questionnaire, Section
from portal.core.rules import Exit
from portal.core.schemes import Scheme

FOLLOW_UP = "follow-up.yaml"
NOT_QUESTIONNAIRES = ("criteria.yaml", "answers.yaml", FOLLOW_UP)
MOST_MINUTES = 24 * 60


class Library(Struct, frozen=True, kw_only=True):
    """Everything that can be asked: the catalogue and the questionnaires by id, and what is read after submission."""

    catalogue: Catalogue
    questionnaires: dict[str, Questionnaire]
    follow_up: FollowUp = FollowUp()

    def for_business_type(self, business_type: str) -> Questionnaire | None:
        """The questionnaire that partners of a business type get, or None where there is none yet."""
        fitting = (q for q in self.questionnaires.values() if business_type in q.business_types)
        return next(fitting, None)


def content_hash(questionnaire: Questionnaire) -> str:
    """The SHA-256 of everything a questionnaire says, in hexadecimal; the same content has the same hash anywhere."""
    return sha256(msgspec.json.encode(questionnaire, order="sorted")).hexdigest()


def load_library(folder: Path) -> Library:
    """The library in a folder, or InvalidContent with every mistake."""
    library, mistakes = read_library(folder)
    if mistakes or library is None:
        raise InvalidContent(mistakes)
    return library


def read_library(folder: Path) -> tuple[Library | None, tuple[Mistake, ...]]:
    """The library as far as it can be read, and everything that is wrong with it."""
    return _Reader(folder).read()


class _Reader:
    """Reads one folder; keeps what several questionnaires share so that it is parsed once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.notes = folder, Notes()

    def read(self) -> tuple[Library | None, tuple[Mistake, ...]]:
        catalogue = self._catalogue()
        if catalogue is None:
            return None, self.notes.mistakes
        self.catalogue = catalogue
        self.answer_sets = self._answer_sets()
        self.schemes = self._schemes()
        self.bank = Bank(self.folder, self.notes, catalogue)
        paths = [path for path in sorted(self.folder.glob("*.yaml")) if path.name not in NOT_QUESTIONNAIRES]
        questionnaires = {path.stem: q for path in paths if (q := self._questionnaire(path)) is not None}
        if len(questionnaires) == len(paths):
            self._read_unused(questionnaires)
        follow_up = self._follow_up(questionnaires)
        return Library(catalogue=catalogue, questionnaires=questionnaires, follow_up=follow_up), self.notes.mistakes

    def _follow_up(self, questionnaires: Mapping[str, Questionnaire]) -> FollowUp:
        """What is read after submission; a folder without that file has none of it."""
        path = self.folder / FOLLOW_UP
        fields = self._open(path) if path.exists() else None
        own = {section.id for questionnaire in questionnaires.values() for section in questionnaire.sections}
        return read_follow_up(fields, own | set(self.bank.names)) if fields else FollowUp()

    def _read_unused(self, questionnaires: Mapping[str, Questionnaire]) -> None:
        """Read the sections of the bank that no questionnaire uses, for their mistakes alone.

        Their conditions may look at any question, so every questionnaire must have been read.
        """
        scheme = next(iter(self.schemes.values()), None)
        elsewhere = {one.id: one for questionnaire in questionnaires.values() for one in questionnaire.questions}
        if scheme is not None:
            setting = self._setting(scheme, next(iter(self.catalogue.business_types), ""))
            self.bank.read_unused(replace(setting, anybody=True), elsewhere)

    def _setting(self, scheme: Scheme, business_type: str) -> Setting:
        return Setting(
            catalogue=self.catalogue,
            answer_sets=self.answer_sets,
            scheme=scheme,
            business_type=business_type,
            category="",
        )

    def _open(self, path: Path) -> Fields | None:
        return read_yaml(path, str(path.relative_to(self.folder.parent)), self.notes)

    def _catalogue(self) -> Catalogue | None:
        fields = self._open(self.folder / "criteria.yaml")
        return read_catalogue(fields) if fields else None

    def _answer_sets(self) -> Mapping[str, tuple[RawOption, ...]]:
        fields = self._open(self.folder / "answers.yaml")
        return read_answer_sets(fields) if fields else {}

    def _schemes(self) -> Mapping[str, Scheme]:
        schemes: dict[str, Scheme] = {}
        for path in sorted((self.folder / "schemes").glob("*.yaml")):
            if fields := self._open(path):
                schemes[path.stem] = read_scheme(fields)
                fields.named(schemes[path.stem].id, path.stem)
        return schemes

    def _questionnaire(self, path: Path) -> Questionnaire | None:
        fields = self._open(path)
        if fields is None:
            return None
        fields.named(fields.text("id", required=True), path.stem)
        scheme_id = fields.text("scheme", required=True)
        scheme = self.schemes.get(scheme_id)
        types = self._business_types(fields)
        if scheme is None and scheme_id:
            fields.wrong(f"there is no scheme “{scheme_id}”; {did_you_mean(scheme_id, list(self.schemes))}", "scheme")
        # Where these are wrong, others stand in for them, so that the mistakes further down are found as well.
        asked = tuple(type for type in types if type in self.catalogue.business_types)
        scheme = scheme or next(iter(self.schemes.values()), None)
        if scheme is None or not asked:
            return None
        return self._build(fields, path.stem, scheme, asked)

    def _business_types(self, fields: Fields) -> tuple[str, ...]:
        """Whom a questionnaire is for."""
        types = fields.texts("business_types")
        for type in types:
            if type not in self.catalogue.business_types:
                known = list(self.catalogue.business_types)
                fields.wrong(f"“{type}” is no business type; {did_you_mean(type, known)}", "business_types")
        if not types:
            fields.wrong("“business_types” is missing; name at least one")
        return types

    def _build(self, fields: Fields, id: str, scheme: Scheme, types: tuple[str, ...]) -> Questionnaire:
        setting = self._setting(scheme, types[0])
        layer = read_asks(fields.child("asks"), known_answers(setting))
        setting = replace(setting, layers=(layer,), carrying=read_carrying(fields, setting.carrying))
        draft = self._draft(fields, setting)
        sections = tuple(draft.sections.values())
        minutes = fields.integer("minutes", 60)
        if not 0 < minutes <= MOST_MINUTES:
            fields.wrong("“minutes” says how long it takes; write a number from 1 to 1440", "minutes")
        questionnaire = Questionnaire(
            id=id,
            title=fields.text("title", required=True),
            edition=fields.text("edition", required=True),
            business_types=types,
            intro=fields.text("intro"),
            minutes=minutes,
            sections=sections,
            scheme=scheme,
            categories={**self.catalogue.categories, **draft.categories},
            criteria=self._criteria(types[0]),
            language=self._language(fields),
            exits=self._exits(fields, sections, draft),
            contradictions=tuple(draft.rules.values()),
            review=tuple(draft.review.values()),
        )
        fields.done()
        return questionnaire

    def _draft(self, fields: Fields, setting: Setting) -> Draft:
        """Everything that stands under `sections` and `contradictions`."""
        draft = Draft()
        for each in fields.each("sections"):
            section = self.bank.section(each, setting, draft)
            if section is None:
                continue
            if section.id in {**draft.sections, **draft.review}:
                each.wrong(f"a section “{section.id}” was there before; ids are unique in a questionnaire")
                continue
            for id in draft.keep(section):
                each.wrong(f"a question “{id}” was there before; ids are unique in a questionnaire", "id")
        if not draft.sections:
            fields.wrong("a questionnaire needs at least one section under `sections`")
        rules = fields.take("contradictions")
        if rules is not None and not draft.incomplete:
            read_contradictions(fields, Scope(draft.seen), draft.rules)
        return draft

    def _exits(self, fields: Fields, sections: Sequence[Section], draft: Draft) -> tuple[Exit, ...]:
        """The exits of the questionnaire's sections and its own, read last since they look at all sections."""
        found: dict[str, Exit] = {}
        fields.take("exits")
        if not draft.incomplete:
            for section in draft.with_exits:
                read_exits(section, sections, draft.seen, found, self.bank.ids)
            read_exits(fields, sections, draft.seen, found)
        return tuple(found.values())

    def _language(self, fields: Fields) -> str:
        """The language that a questionnaire is written in."""
        language = fields.text("language", "en")
        if language not in LANGUAGES:
            fields.wrong(f"“{language}” is no language of the portal; {did_you_mean(language, LANGUAGES)}", "language")
        return language

    def _criteria(self, business_type: str) -> dict[str, Criterion]:
        return {
            one.id: Criterion(
                id=one.id,
                topic=one.topic,
                asks=one.asks,
                rationale=one.rationale,
                category=one.category,
                obligation=one.obligation(business_type),
            )
            for one in self.catalogue.criteria.values()
            if one.obligation(business_type) is not None
        }


def read_answer_sets(fields: Fields) -> dict[str, tuple[RawOption, ...]]:
    """The answer words that questions share, by the set's name."""
    sets: dict[str, tuple[RawOption, ...]] = {}
    part = fields.child("answer_sets")
    for name in part.keys if part else ():
        one = part.child(name) if part else None
        if one is not None:
            sets[name] = read_options(one)
            one.done()
    fields.done()
    return sets
