"""The bank of sections that questionnaires share, and how a section is read, shared or written out."""

from functools import cached_property
from pathlib import Path

import yaml
from msgspec.structs import replace

from portal.content.carrying import read_carrying
from portal.content.conditions import Scope, read_condition
from portal.content.contradictions import read_contradictions
from portal.content.draft import Draft
from portal.content.fields import Fields, Notes, did_you_mean, read_yaml
from portal.content.questions import Setting, asked_of, both, known_answers, read_questions
from portal.content.reviewing import check_for_reviewers, is_for_reviewers
from portal.content.schemes import read_asks
from portal.content.weighing import read_points, read_sufficing
from portal.core.catalogue import Catalogue
from portal.core.questionnaire import Question, Section


class Bank:
    """The sections in one folder. Each file is parsed once, however many questionnaires use it."""

    def __init__(self, folder: Path, notes: Notes, catalogue: Catalogue) -> None:
        self.folder, self.notes, self.catalogue = folder, notes, catalogue
        self.names = sorted(path.stem for path in (folder / "sections").glob("*.yaml"))
        self.used: set[str] = set()
        self._parsed: dict[str, Fields | None] = {}

    @cached_property
    def ids(self) -> frozenset[str]:
        """The questions of all sections, asked anywhere or not."""
        opened = (self._open(name) for name in self.names)
        return frozenset(id for one in opened if one is not None for id in ids_in(one.node))

    def _open(self, name: str) -> Fields | None:
        if name not in self._parsed:
            path = self.folder / "sections" / f"{name}.yaml"
            self._parsed[name] = read_yaml(path, str(path.relative_to(self.folder.parent)), self.notes)
        parsed = self._parsed[name]
        return Fields(parsed.node, parsed.file, self.notes) if parsed is not None else None

    def section(self, fields: Fields, setting: Setting, draft: Draft) -> Section | None:
        """A section of a questionnaire: one of the bank that it names, or one that is written out."""
        if "use" not in fields:
            return self._read(fields, setting, draft)
        name, left_out = fields.text("use"), fields.texts("leave_out")
        title, label = fields.text("title"), fields.text("label")
        condition = read_condition(fields.child("shown_when"), setting.scope(draft.seen))
        fields.done("points")
        shared = self._shared(fields, name, left_out)
        if shared is None:
            draft.incomplete = True
            return None
        section = self._read(shared, replace(setting, left_out=frozenset(left_out)), draft)
        if section is None:
            return None
        return replace(
            section,
            title=title or section.title,
            label=label or section.label,
            shown_when=both(section.shown_when, condition),
            questions=read_points(fields, section.questions),
        )

    def _shared(self, fields: Fields, name: str, left_out: tuple[str, ...]) -> Fields | None:
        if name not in self.names:
            fields.wrong(f"there is no section “{name}” in the bank; {did_you_mean(name, self.names)}", "use")
            return None
        self.used.add(name)
        shared = self._open(name)
        if shared is None:
            return None
        shared.named(shared.text("id"), name)
        written = ids_in(shared.node) if left_out else ()
        for id in left_out:
            if id not in written:
                remedy = did_you_mean(id, sorted(written))
                fields.wrong(f"section “{name}” has no question “{id}”; {remedy}", "leave_out")
        return shared

    def read_unused(self, setting: Setting, elsewhere: dict[str, Question]) -> None:
        """Read the sections that no questionnaire uses, for their mistakes alone; they may look `elsewhere`."""
        for name in self.names:
            fields = self._open(name) if name not in self.used else None
            if fields is None:
                continue
            fields.named(fields.text("id"), name)
            draft = Draft()
            self._read(fields, replace(setting, elsewhere=dict(elsewhere)), draft)
            elsewhere.update(draft.seen)

    def _read(self, fields: Fields, setting: Setting, draft: Draft) -> Section | None:
        id, title = fields.identifier(), fields.text("title", required=True)
        if not asked_of(fields, setting):
            return None
        for_reviewers = is_for_reviewers(fields)
        seen = draft.seen_by(reviewers=for_reviewers)
        category = fields.text("category", id)
        if category not in self.catalogue.categories and not for_reviewers:
            draft.categories[category] = title
        condition = read_condition(fields.child("shown_when"), setting.scope(seen))
        layer = read_asks(fields.child("asks"), known_answers(setting))
        carrying = read_carrying(fields, setting.carrying)
        inner = replace(setting, category=category, layers=(*setting.layers, layer), carrying=carrying)
        section = Section(
            id=id,
            title=title,
            label=fields.text("label"),
            intro=fields.text("intro"),
            shown_when=condition,
            questions=read_points(fields, read_sufficing(fields, list(read_questions(fields, inner, seen)))),
            for_reviewers=for_reviewers,
        )
        if for_reviewers:
            check_for_reviewers(fields, section)
        if "contradictions" in fields:
            read_contradictions(fields, Scope(draft.seen), draft.rules, self.ids)
        if fields.take("exits") is not None:
            draft.with_exits.append(fields)
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
