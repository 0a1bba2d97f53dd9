"""Histories of the platform, step by step against the model."""

import sys
from collections import Counter
from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.faults import platform
from tests.faults.acts import Ask, SignIn
from tests.faults.beginnings import BEGINNINGS
from tests.faults.drafts import ARTISTS, BUYERS, EVERYBODY, KINDS, MONEY, TOKENS, draft
from tests.faults.model import Purchase, Style
from tests.faults.standin import Standin
from tests.faults.world import SAYINGS, World

NUMBERS = st.integers(0, 7)
EVENTS = (
    *("deliver", "deliver", "deliver again", "deliver again", "desk dies"),
    *("work", "work", "upload", "say", "say", "minutes pass"),
)
# By variant.
MANNERS = ([], [], [], [], ["refuse"], ["lose"], ["take", "lose"], ["refuse", "refuse"])
MINUTES = (3, 3, 1, 1, 3, 8, 8, 8)
WORDS = ("COMPLETED", *SAYINGS)
# What happened in this process, for the campaign's report.
DONE: Counter[str] = Counter()


class Histories(RuleBasedStateMachine):
    """`act` and `at_once` are single transactions, alone or together; `machines` several.

    The same number is the same image with everything about it, so that acts at once meet.
    """

    empty: Callable[[], None]
    standin: Standin

    def __init__(self) -> None:
        super().__init__()
        self.empty()
        self.standin.forget()
        self.world = World(self.standin)
        DONE["histories"] += 1

    @initialize(beginning=st.sampled_from(list(BEGINNINGS)))
    def people_have_come(self, beginning: str) -> None:
        for name in EVERYBODY:
            self.world.perform(SignIn(name))
        model = self.world.model
        ids = {account.name: account.id for account in model.accounts.values()}
        for name, price in ARTISTS.items():
            style_id = platform.open_style(ids[name], name, price=price)
            model.styles[style_id] = Style(style_id, ids[name], price)
            model.accounts[ids[name]].earned = 0
        for name, style in zip(BUYERS, list(model.styles.values()), strict=True):
            made = platform.open_purchase(ids[name], tokens=TOKENS, amount=MONEY)
            model.purchases[made] = Purchase(made, ids[name], TOKENS, MONEY)
            self.world.perform(Ask(ids[name], style.id))
        BEGINNINGS[beginning](self.world)

    @rule(kind=st.sampled_from(KINDS), number=NUMBERS, variant=NUMBERS)
    def act(self, kind: str, number: int, variant: int) -> None:
        if act := draft(self.world.model, self.world.runs, kind, number, variant):
            DONE[kind] += 1
            self.world.perform(act)

    @rule(
        kinds=st.lists(st.sampled_from(KINDS), min_size=2, max_size=3),
        number=NUMBERS,
        variants=st.tuples(NUMBERS, NUMBERS, NUMBERS),
    )
    def at_once(self, kinds: list[str], number: int, variants: tuple[int, ...]) -> None:
        drafts = [
            draft(self.world.model, self.world.runs, kind, number, variant)
            for kind, variant in zip(kinds, variants, strict=False)
        ]
        if acts := [act for act in drafts if act]:
            DONE["at once"] += 1
            DONE.update(kind for kind, act in zip(kinds, drafts, strict=True) if act)
            self.world.perform_at_once(acts)

    @rule(event=st.sampled_from(EVENTS), number=NUMBERS, variant=NUMBERS)
    def machines(self, event: str, number: int, variant: int) -> None:
        DONE[event] += 1
        world = self.world
        known = platform.messages() if "deliver" in event else []
        run = world.runs[-1 - number % len(world.runs)] if world.runs else None
        if event == "deliver":
            world.deliver(known[-1 - number :], MANNERS[variant])
        elif event == "deliver again":
            world.deliver([known[(5 * number + variant) % len(known)]], [])
        elif event == "desk dies":
            world.die_at_the_desk(is_sent=variant < 4)
        elif event == "minutes pass":
            world.let_pass(MINUTES[variant])
        elif run and event == "work":
            world.work(run)
        elif run and event == "upload":
            run.upload()
        elif run:
            world.say(run, WORDS[variant % len(WORDS)])

    @invariant()
    def the_books_are_the_models(self) -> None:
        DONE["proofs"] += 1
        self.world.require_sound_books()

    def teardown(self) -> None:
        # Nobody asks whether it comes to rest when it went wrong before.
        if sys.exc_info()[0] is None:
            self.world.come_to_rest()
            self.world.require_sound_books()
