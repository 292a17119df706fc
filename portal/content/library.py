"""The whole of `questionnaires/`, read and checked together."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct
from msgspec.structs import replace

from portal.content.catalogue import read_catalogue
from portal.content.conditions import read_condition
from portal.content.fields import Fields, InvalidContent, Mistake, Notes, did_you_mean, read_yaml
from portal.content.questions import Setting, asked_of, both, known_answers, read_questions
from portal.content.schemes import RawOption, read_asks, read_options, read_scheme
from portal.content.weighing import read_points, read_sufficing
from portal.core.catalogue import Catalogue
from portal.core.questionnaire import LANGUAGES, Criterion, Question, Questionnaire, Scheme, Section

NOT_QUESTIONNAIRES = ("criteria.yaml", "answers.yaml")
MOST_MINUTES = 24 * 60


class Library(Struct, frozen=True, kw_only=True):
    """Everything that can be asked: the catalogue and the questionnaires by id."""

    catalogue: Catalogue
    questionnaires: dict[str, Questionnaire]

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
        self.used: set[str] = set()

    def read(self) -> tuple[Library | None, tuple[Mistake, ...]]:
        catalogue = self._catalogue()
        if catalogue is None:
            return None, self.notes.mistakes
        self.catalogue = catalogue
        self.answer_sets = self._answer_sets()
        self.schemes = self._schemes()
        paths = [path for path in sorted(self.folder.glob("*.yaml")) if path.name not in NOT_QUESTIONNAIRES]
        questionnaires = {path.stem: q for path in paths if (q := self._questionnaire(path)) is not None}
        if len(questionnaires) == len(paths):
            self._read_unused(questionnaires)
        return Library(catalogue=catalogue, questionnaires=questionnaires), self.notes.mistakes

    def _read_unused(self, questionnaires: Mapping[str, Questionnaire]) -> None:
        """Read the sections of the bank that no questionnaire uses, for their mistakes alone.

        Their conditions may look at any question, so every questionnaire must have been read.
        """
        scheme = next(iter(self.schemes.values()), None)
        elsewhere = {one.id: one for questionnaire in questionnaires.values() for one in questionnaire.questions}
        for path in sorted((self.folder / "sections").glob("*.yaml")):
            fields = self._open(path) if path.stem not in self.used else None
            if fields is None or scheme is None:
                continue
            if fields.text("id") != path.stem:
                fields.wrong(f"the id is not the file's name; write “{path.stem}”", "id")
            seen: dict[str, Question] = {}
            setting = self._setting(scheme, next(iter(self.catalogue.business_types), ""))
            self._read_section(fields, replace(setting, anybody=True, elsewhere=elsewhere), seen, {})
            elsewhere.update(seen)

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
                if schemes[path.stem].id != path.stem:
                    fields.wrong(f"the id is not the file's name; write “{path.stem}”", "id")
        return schemes

    def _questionnaire(self, path: Path) -> Questionnaire | None:
        fields = self._open(path)
        if fields is None:
            return None
        if fields.text("id", required=True) != path.stem:
            fields.wrong(f"the id is not the file's name; write “{path.stem}”", "id")
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
        setting = replace(setting, layers=(read_asks(fields.child("asks"), known_answers(setting)),))
        seen: dict[str, Question] = {}
        own_categories: dict[str, str] = {}
        sections: dict[str, Section] = {}
        for each in fields.each("sections"):
            section = self._section(each, setting, seen, own_categories)
            if section is not None and section.id in sections:
                each.wrong(f"a section “{section.id}” was there before; ids are unique in a questionnaire")
            elif section is not None:
                sections[section.id] = section
        if not sections:
            fields.wrong("a questionnaire needs at least one section under `sections`")
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
            sections=tuple(sections.values()),
            scheme=scheme,
            categories={**self.catalogue.categories, **own_categories},
            criteria=self._criteria(types[0]),
            language=self._language(fields),
        )
        fields.done()
        return questionnaire

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

    def _section(
        self, fields: Fields, setting: Setting, seen: dict[str, Question], categories: dict[str, str]
    ) -> Section | None:
        if "use" not in fields:
            return self._read_section(fields, setting, seen, categories)
        name, left_out = fields.text("use"), fields.texts("leave_out")
        title, label = fields.text("title"), fields.text("label")
        condition = read_condition(fields.child("shown_when"), setting.scope(seen))
        fields.done("points")
        path = self.folder / "sections" / f"{name}.yaml"
        if not path.is_file():
            known = sorted(one.stem for one in (self.folder / "sections").glob("*.yaml"))
            fields.wrong(f"there is no section “{name}” in the bank; {did_you_mean(name, known)}", "use")
            return None
        self.used.add(name)
        shared = self._open(path)
        if shared is None:
            return None
        if shared.text("id") != name:
            shared.wrong(f"the id is not the file's name; write “{name}”", "id")
        written = ids_in(shared.node)
        for id in left_out:
            if id not in written:
                fields.wrong(
                    f"section “{name}” has no question “{id}”; {did_you_mean(id, sorted(written))}", "leave_out"
                )
        left = replace(setting, left_out=frozenset(left_out))
        section = self._read_section(shared, left, seen, categories)
        if section is not None:
            section = replace(
                section,
                title=title or section.title,
                label=label or section.label,
                shown_when=both(section.shown_when, condition),
                questions=read_points(fields, section.questions),
            )
        return section

    def _read_section(
        self, fields: Fields, setting: Setting, seen: dict[str, Question], categories: dict[str, str]
    ) -> Section | None:
        id, title = fields.identifier(), fields.text("title", required=True)
        if not asked_of(fields, setting):
            return None
        category = fields.text("category", id)
        if category not in self.catalogue.categories:
            categories[category] = title
        condition = read_condition(fields.child("shown_when"), setting.scope(seen))
        layer = read_asks(fields.child("asks"), known_answers(setting))
        inner = replace(setting, category=category, layers=(*setting.layers, layer))
        section = Section(
            id=id,
            title=title,
            label=fields.text("label"),
            intro=fields.text("intro"),
            shown_when=condition,
            questions=read_points(fields, read_sufficing(fields, list(read_questions(fields, inner, seen)))),
        )
        fields.done()
        return section


def ids_in(node: yaml.Node) -> set[str]:
    """The ids of the questions written anywhere under a node."""
    if isinstance(node, yaml.SequenceNode):
        return {id for part in node.value for id in ids_in(part)}
    if not isinstance(node, yaml.MappingNode):
        return set()
    texts = {key.value: str(value.value) for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    own = {texts["id"]} if {"id", "kind", "ask"} <= texts.keys() else set()
    return own.union(*(ids_in(value) for _, value in node.value))


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
