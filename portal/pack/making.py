"""Making a pack: partner after partner, response after response, each opened once; then the index and the lists."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, BinaryIO, cast

from msgspec import Struct

from portal.core.errors import NotAllowed
from portal.core.records import Partner, Response
from portal.core.register import PartnerRow, ResponseRow
from portal.evidence.limits import size_label
from portal.pack.blank import Blank, Blanks
from portal.pack.choosing import Size, Wanted, choose, size_of
from portal.pack.indexing import CriterionIndex, Spool
from portal.pack.listing import Listed, Skipped, evidence_of, manifest_of
from portal.pack.pages import drawn, style
from portal.pack.parts import parts_of
from portal.pack.viewing import HERE, view_of
from portal.pack.zipping import Entry, Packing
from portal.store.protocol import Damaged
from portal.usecases.exporting import FORMATS
from portal.usecases.portal import Portal


class Maker(Struct, frozen=True, kw_only=True):
    """Who makes a pack, and when."""

    by: str
    at: datetime


class Made(Struct, frozen=True, kw_only=True):
    """What came of it: what was counted, the evidence and the records that are lacking, how many files there are."""

    size: Size
    lacking: tuple[Listed, ...]
    skipped: tuple[Skipped, ...]
    files: int


def make_pack(portal: Portal, wanted: Wanted, to: BinaryIO, *, by: str, now: datetime) -> Made:
    """Write the pack; Refused where nothing or too much is wanted. Files that are lacking are named in the pack."""
    chosen = choose(portal, wanted)
    size = size_of(portal, chosen)
    with ExitStack() as held:
        making = _Making(portal, wanted, Packing(to, now), Maker(by=by, at=now), held)
        for partner in chosen.partners:
            making.partner(partner, chosen.responses[partner.id])
        making.finish()
    return Made(
        size=size,
        lacking=tuple(making.lacking),
        skipped=tuple(making.skipped),
        files=len(making.packing.files),
    )


def require_room(portal: Portal, size: Size) -> None:
    """NotAllowed where the disk has no room for a pack beside what answers need."""
    free = shutil.disk_usage(portal.config.data).free - portal.config.disk_floor
    if free < size.bytes:
        raise NotAllowed(f"The disk has no room for a pack of {size_label(size.bytes)} just now.")


class _Making:
    """A pack while it is made."""

    def __init__(self, portal: Portal, wanted: Wanted, packing: Packing, maker: Maker, held: ExitStack) -> None:
        self.portal, self.wanted, self.packing, self.maker = portal, wanted, packing, maker
        self.index, self.spool = CriterionIndex(held), Spool(held)
        self.types = {one.id: one.name for one in portal.library.catalogue.business_types.values()}
        self.partners: list[dict[str, Any]] = []
        self.drawn_blanks, self.blanks = Blanks(), dict[str, Blank]()
        self.evidence: list[Listed] = []
        self.skipped: list[Skipped] = []
        self.told = {"importer": portal.config.importer, "made_by": maker.by, "made": maker.at}

    @property
    def lacking(self) -> list[Listed]:
        """The evidence that is not in the pack although a record names it."""
        return [one for one in self.evidence if one.state != HERE]

    def partner(self, row: PartnerRow, rows: Sequence[ResponseRow]) -> None:
        """One partner: its page with all its responses, then its evidence."""
        partner, folder = self.portal.store.get(Partner, row.id), f"partner-{row.id}"
        # Ids are checked when partners are added; a path of the pack is made of nothing else.
        page, files = f"{folder}/index.html", dict[str, str]()
        with self.packing.entry(page) as entry:
            self._head(entry, f"{partner.name}: validation pack", "../")
            business_type = self.types.get(partner.business_type, partner.business_type)
            _draw(entry, "partner", partner=partner, business_type=business_type, responses=rows)
            blanks = [blank for one in rows if (blank := self._response(entry, partner, one, folder, files))]
            self._foot(entry)
        for path, digest in files.items():
            with self.portal.evidence.open(digest) as stream:
                self.packing.copy(path, stream)
        for blank in blanks:
            self._blank(blank)
        self.partners.append({"id": row.id, "name": row.name, "country": row.country, "page": page, "rows": rows})

    def _response(
        self, entry: Entry, partner: Partner, row: ResponseRow, folder: str, files: dict[str, str]
    ) -> Blank | None:
        """One response; its page, its rows in the index and in the tables. None where it cannot be read."""
        try:
            response = self.portal.store.get(Response, row.id)
            view = view_of(self.portal, partner, response, review=self.wanted.review, today=self.maker.at.date())
        except Damaged as fact:
            self.skipped.append(Skipped(response=row.id, partner=partner.id, partner_name=partner.name, why=str(fact)))
            _draw(entry, "unreadable", row=row, why=str(fact))
            return None
        blank = self.drawn_blanks.of(view.questionnaire, response)
        _draw(entry, "response", view=view, parts=parts_of(view), blank=blank.path)
        self.index.add(view, folder)
        self.spool.add(view.exported)
        self.evidence += evidence_of(view, folder)
        files.update({f"{folder}/{one.path}": one.item.sha256 for one in view.proofs.values() if one.state == HERE})
        return blank

    def _blank(self, blank: Blank) -> None:
        if blank.path in self.blanks:
            return
        self.blanks[blank.path] = blank
        with self.packing.entry(blank.path) as entry:
            self._head(entry, f"{blank.title}: the blank questionnaire", "../")
            entry.write(blank.html.encode())
            self._foot(entry)

    def finish(self) -> None:
        """What tells of all partners: the tables, the index, the lists."""
        for format, one in FORMATS.items():
            with self.packing.entry(f"answers.{format}") as entry:
                one.write(iter(self.spool), cast(BinaryIO, entry))
        self.packing.text("style.css", style())
        with self.packing.entry("index.html") as entry:
            self._head(entry, f"Validation pack of {self.portal.config.importer}", "")
            self._index(entry)
            self.index.write(entry)
            self._foot(entry)
        manifest = manifest_of(
            self.wanted, self.told, self.partners, self.evidence, self.skipped, tuple(self.packing.files)
        )
        self.packing.text("manifest.json", manifest)
        self.packing.text("SHA256SUMS", "".join(f"{one.sha256}  {one.path}\n" for one in self.packing.files))
        self.packing.close()

    def _index(self, entry: Entry) -> None:
        _draw(
            entry,
            "index",
            **self.told,
            since=self.wanted.since,
            until=self.wanted.until,
            review=self.wanted.review,
            partners=self.partners,
            responses=sum(len(one["rows"]) for one in self.partners),
            files=len({(one.partner, one.sha256) for one in self.evidence}),
            lacking=self.lacking,
            skipped=self.skipped,
            blanks=self.blanks.values(),
            exports=[f"answers.{format}" for format in FORMATS],
            criteria=self.index.criteria,
        )

    def _head(self, entry: Entry, title: str, root: str) -> None:
        _draw(entry, "head", title=title, root=root)

    def _foot(self, entry: Entry) -> None:
        _draw(entry, "foot", **self.told)


def _draw(entry: Entry, template: str, **values: Any) -> None:
    entry.write(drawn(template, **values).encode())
