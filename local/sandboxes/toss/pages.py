"""What people see: the payment page, what became of a payment, and the back office."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from local.sandboxes.toss.payments import APPROVED, CARDS, Payment, Status

FOLDER = Path(__file__).parent / "html"
LANGUAGES = {"ko": "한국어", "en": "English"}
TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "heading": "Payment",
        "notice": "A stand-in for Toss Payments: no money moves.",
        "choose": "Pay with",
        "domestic": "Card issued in Korea",
        "overseas": "Card issued abroad",
        "pay": "Pay {amount}",
        "cancel": "Cancel and go back to the shop",
        "failures": "Try what may go wrong",
        "decline": "The card company refuses the card",
        "over_limit": "Pay with a card over its limit (refused when the shop confirms)",
        "close": "Close this page",
        "READY": "Not paid. You may close this page; it can be opened again for 30 minutes.",
        "IN_PROGRESS": "Waiting for the shop to confirm the payment.",
        "DONE": "Paid.",
        "CANCELED": "The payment was canceled and the money given back.",
        "PARTIAL_CANCELED": "A part of the money was given back. Still paid: {balance}.",
        "ABORTED": "The payment failed. Nothing was charged.",
        "EXPIRED": "The time to pay is over. Nothing was charged.",
    },
    "ko": {
        "heading": "결제",
        "notice": "토스페이먼츠를 대신하는 연습용 화면입니다. 실제로 결제되지 않습니다.",
        "choose": "결제 수단",
        "domestic": "국내 카드",
        "overseas": "해외 카드",
        "pay": "{amount} 결제하기",
        "cancel": "취소하고 상점으로 돌아가기",
        "failures": "결제가 실패하는 경우 시험하기",
        "decline": "카드사에서 카드를 거절",
        "over_limit": "한도를 넘은 카드로 결제 (상점이 승인할 때 거절)",
        "close": "결제창 닫기",
        "READY": "결제하지 않았습니다. 이 창은 닫아도 되며 30분 안에 다시 열 수 있습니다.",
        "IN_PROGRESS": "상점의 결제 승인을 기다리고 있습니다.",
        "DONE": "결제가 완료되었습니다.",
        "CANCELED": "결제가 취소되어 전액 환불되었습니다.",
        "PARTIAL_CANCELED": "결제 금액의 일부가 환불되었습니다. 남은 결제 금액: {balance}",
        "ABORTED": "결제에 실패했습니다. 청구된 금액은 없습니다.",
        "EXPIRED": "결제 시간이 지났습니다. 청구된 금액은 없습니다.",
    },
}


def checkout(payment: Payment, *, lang: str) -> str:
    """The page to pay on; works without scripts."""
    texts = TEXTS[lang]
    [(other, other_name)] = [pair for pair in LANGUAGES.items() if pair[0] != lang]
    fields = {
        **{name: escape(text) for name, text in texts.items()},
        **_order(payment, lang),
        "pay": texts["pay"].format(amount=_money(payment, payment.total, lang)),
        "cards": _choices(payment, texts),
        "lang": lang,
        "other": other,
        "other_name": other_name,
    }
    return _frame(lang, texts["heading"], _template("checkout").substitute(fields))


def said(payment: Payment, *, lang: str) -> str:
    """What became of a payment; the receipt, too."""
    texts = TEXTS[lang]
    text = texts[payment.status.value].format(balance=_money(payment, payment.balance, lang))
    fields = {**texts, **_order(payment, lang), "said": text}
    return _frame(lang, texts["heading"], _template("said").substitute(fields))


def office(payments: Iterable[Payment]) -> str:
    """The back office: the newest payments, each with what Toss's people could do to it."""
    items = "\n".join(_item(payment) for payment in payments)
    content = (
        "<header><h1>Toss Payments (sandbox) · <span lang='ko'>토스페이먼츠 연습용</span></h1>"
        f"</header>\n<ul>\n{items or '<li>No payments · 결제 없음</li>'}\n</ul>"
    )
    return _frame("en", "Toss Payments (sandbox)", content, width="40rem")


def takes(payment: Payment, card: str) -> bool:
    """Whether the page offers this card."""
    return card in _cards(payment)


def _cards(payment: Payment) -> list[str]:
    return [name for name in CARDS if name == "overseas" or not payment.overseas_only]


def _choices(payment: Payment, texts: dict[str, str]) -> str:
    first, *others = [
        f'name="card" value="{name}"> {escape(texts[name])}'
        f' <span class="soft">{CARDS[name]["number"][-8:]}</span></label>'
        for name in _cards(payment)
    ]
    return "\n".join(
        [
            f'<label><input type="radio" checked {first}',
            *(f'<label><input type="radio" {one}' for one in others),
        ]
    )


def _item(payment: Payment) -> str:
    forms = ""
    if payment.status in APPROVED - {Status.CANCELED}:
        forms = (
            f'<form method="post" action="sandbox/payments/{escape(payment.key)}/cancel">'
            '<button>Cancel as Toss · <span lang="ko">토스에서 취소</span></button></form>'
        )
    return (
        f"<li><strong>{_money(payment, payment.total, 'en')}</strong> · {payment.status.value}"
        f"<p>{escape(payment.order_name)}</p>"
        f'<p class="soft">{escape(payment.order_id)} · {payment.requested_at:%Y-%m-%d %H:%M}</p>'
        f"{forms}</li>"
    )


def _order(payment: Payment, lang: str) -> dict[str, str]:
    return {
        "amount": _money(payment, payment.total, lang),
        "order_name": escape(payment.order_name),
        "order_id": escape(payment.order_id),
    }


def _money(payment: Payment, amount: Decimal, lang: str) -> str:
    if payment.currency == "USD":
        return f"${amount:,.2f}"
    return f"{amount:,.0f}원" if lang == "ko" else f"₩{amount:,.0f}"


def _frame(lang: str, title: str, content: str, width: str = "26rem") -> str:
    return _template("frame").substitute(
        lang=lang, title=escape(title), content=content, width=width
    )


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
