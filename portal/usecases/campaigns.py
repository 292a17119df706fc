"""Campaigns: many partners invited together by mail; whom it reaches, how far each has come, who is reminded."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from portal.core.campaigns import LONGEST_NAME, LONGEST_NOTE, OWN, Campaign, language_of_country
from portal.core.errors import NotFound, Problem, Refused
from portal.core.funnel import REACHED, Stage, stage_of
from portal.core.lettering import unknown_places
from portal.core.letters import LETTERS
from portal.core.records import Partner, Record, Response
from portal.core.register import MailRow, PartnerRow, ResponseRow
from portal.core.sites import groups, together
from portal.usecases.inviting import invite, why_not
from portal.usecases.mailing import mail_rows, mail_to
from portal.usecases.partner_lines import Words, is_open, response_rows
from portal.usecases.portal import Portal
from portal.usecases.reminding import Reminded, remind_now
from portal.usecases.secrets import new_id


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody wants to send: to whom, by when, in which language, with which words of their own."""

    name: str
    due: date | None
    partners: Sequence[str]
    language: str = OWN
    notes: Mapping[str, str] = {}
    form: bool = False


class Reach(Struct, frozen=True, kw_only=True):
    """What a campaign would do with one partner: ask this, in that language; or nothing, and why."""

    partner: PartnerRow
    questionnaire: str = ""
    language: str = ""
    why_not: str = ""


def reach(portal: Portal, rows: Sequence[PartnerRow], language: str) -> list[Reach]:
    """Whom a campaign would reach, and in which questionnaire; who is left out says why."""
    open_rows = {row.partner for row in response_rows(portal) if is_open(row)}
    found = []
    for row in rows:
        problem = why_not(portal, row.id, open_rows)
        asked = portal.library.for_business_type(row.business_type)
        if problem is not None or asked is None:
            found.append(Reach(partner=row, why_not=problem.message if problem else ""))
            continue
        found.append(
            Reach(partner=row, questionnaire=asked.title, language=language_for(portal, row.country, language))
        )
    return found


def language_for(portal: Portal, country: str, language: str) -> str:
    """The language of the campaign, or the partner's own, which its country tells."""
    return language or language_of_country(country, portal.languages.tongues)


def wrong_wish(portal: Portal, wish: Wish) -> list[Problem]:
    """What is wrong with a campaign before it is asked whether its partners can be invited."""
    checks = (
        ("name", not wish.name.strip(), "Give the campaign a name."),
        ("name", len(wish.name) > LONGEST_NAME, f"Write at most {LONGEST_NAME} characters."),
        ("due", wish.due is None, "Give a date."),
        ("partners", not wish.partners, "Tick at least one partner."),
        ("language", wish.language not in ("", *portal.languages.tongues), "There is no such language."),
    )
    problems = [Problem(where, text) for where, wrong, text in checks if wrong]
    for code, note in wish.notes.items():
        if len(note) > LONGEST_NOTE:
            problems.append(Problem(f"note-{code}", f"Write at most {LONGEST_NOTE} characters."))
        problems += unknown_places(f"note-{code}", note, LETTERS["invitation"].knows - {"note"})
    return problems


def start_campaign(portal: Portal, wish: Wish, *, by: str, now: datetime) -> Campaign:
    """Invite all its partners and queue a mail to each, in one step; all or none. Nothing waits for a mail server."""
    if problems := wrong_wish(portal, wish):
        raise Refused(problems)
    notes = {code: note.strip() for code, note in wish.notes.items() if note.strip()}
    known = {id: portal.store.find(Partner, id) for id in wish.partners}
    languages = {id: language_for(portal, one.country, wish.language) for id, one in known.items() if one}
    kept = []

    def along(responses: Sequence[Response]) -> list[tuple[Record, str]]:
        campaign = Campaign(
            id=new_id(),
            name=wish.name.strip(),
            due=responses[0].due or now.date(),
            made=now,
            made_by=by,
            responses={one.partner: one.id for one in responses},
            language=wish.language,
            notes=notes,
            form=wish.form,
        )
        kept.append(campaign)
        return [(campaign, "campaign sent"), *((mail, "mail queued") for mail in _mails(portal, campaign, responses))]

    invite(portal, wish.partners, by=by, now=now, due=wish.due, languages=languages, along=along)
    return kept[0]


def _mails(portal: Portal, campaign: Campaign, responses: Sequence[Response]) -> list[Record]:
    return [
        mail_to(
            portal.store.get(Partner, one.partner),
            one,
            "invitation",
            by=campaign.made_by,
            now=campaign.made,
            campaign=campaign.id,
            note=campaign.note(one.language),
            form=campaign.form,
        )
        for one in responses
    ]


class Line(Struct, frozen=True, kw_only=True):
    """One partner of a campaign: how far it is, where it stopped, what became of the newest mail."""

    partner: PartnerRow
    row: ResponseRow
    stage: Stage
    stopped_at: str
    mail: MailRow | None
    reminders: int


class Funnel(Struct, frozen=True, kw_only=True):
    """A campaign with how far its partners have come; `reached` counts those who came at least so far."""

    campaign: Campaign
    lines: list[Line]
    reached: dict[Stage, int]
    stages: dict[Stage, int]
    stuck: dict[str, int]

    @property
    def invited(self) -> int:
        """How many partners there are in it."""
        return len(self.lines)

    def at(self, wanted: str, section: str = "") -> list[Line]:
        """The lines behind a number: a stage's name, `reached-` and a stage's name, or a section where they stopped."""
        behind = {f"reached-{stage}": within for stage, within in REACHED.items()}
        behind |= {str(stage): frozenset({stage}) for stage in Stage}
        stages = behind.get(wanted, frozenset())
        return [
            line
            for line in self.lines
            if (not wanted or line.stage in stages)
            and (not section or (line.stage is Stage.STARTED and line.stopped_at == section))
        ]


def funnel(portal: Portal, campaign: Campaign) -> Funnel:
    """How far the partners of a campaign have come; made of the register's rows, no response is opened."""
    by_id = {sites[0].id: together(sites) for sites in groups(response_rows(portal))}
    partners = {row.id: row for row in portal.store.rows(PartnerRow) if isinstance(row, PartnerRow)}
    mails, words = defaultdict[str, list[MailRow]](list), Words(portal)
    for mail in mail_rows(portal):
        mails[mail.response].append(mail)
    lines = [
        _line(partners[partner], by_id[response], mails[response], words)
        for partner, response in campaign.responses.items()
        if partner in partners and response in by_id
    ]
    lines.sort(key=lambda line: (line.partner.name.casefold(), line.partner.id))
    stages = Counter(line.stage for line in lines)
    stuck = Counter(line.stopped_at for line in lines if line.stage is Stage.STARTED and line.stopped_at)
    return Funnel(
        campaign=campaign,
        lines=lines,
        reached={stage: sum(stages[one] for one in within) for stage, within in REACHED.items()},
        stages={stage: stages[stage] for stage in Stage},
        stuck=dict(stuck.most_common()),
    )


def _line(partner: PartnerRow, row: ResponseRow, mails: Sequence[MailRow], words: Words) -> Line:
    sent = [mail for mail in mails if mail.letter in LETTERS and LETTERS[mail.letter].reminds and mail.sent]
    return Line(
        partner=partner,
        row=row,
        stage=stage_of(row, mails),
        stopped_at=words.section(row),
        mail=mails[0] if mails else None,
        reminders=len(sent),
    )


def campaigns(portal: Portal) -> list[Campaign]:
    """All campaigns, the newest first."""
    found = [portal.store.get(Campaign, id) for id in portal.store.ids(Campaign)]
    return sorted(found, key=lambda one: (one.made, one.id), reverse=True)


def campaign_of(portal: Portal, id: str) -> Campaign:
    """One campaign, or NotFound."""
    found = portal.store.find(Campaign, id)
    if found is None:
        raise NotFound("There is no such campaign.")
    return found


def remind_campaign(portal: Portal, campaign: Campaign, *, by: str, now: datetime) -> list[Reminded]:
    """Remind those of a campaign who have not sent their answers, at most once a day."""
    return remind_now(portal, list(campaign.responses.values()), by=by, now=now, campaign=campaign.id)
