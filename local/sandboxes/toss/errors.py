"""Toss's refusals: HTTP status, and the message in Korean and English."""

ERRORS: dict[str, tuple[int, str, str]] = {
    "INVALID_REQUEST": (400, "잘못된 요청입니다.", "The request is not valid."),
    "INVALID_API_KEY": (400, "잘못된 시크릿 키입니다.", "This is not a secret key."),
    "UNAUTHORIZED_KEY": (401, "인증되지 않은 키입니다.", "Unauthorized key."),
    "INCORRECT_BASIC_AUTH_FORMAT": (
        *(403, "시크릿 키 뒤에 ':'을 붙여 인코딩해 주세요."),
        "Encode the secret key with ':' after it.",
    ),
    "INVALID_IDEMPOTENCY_KEY": (
        *(400, "멱등키는 300자 이하여야 합니다."),
        "The idempotency key has more than 300 characters.",
    ),
    "IDEMPOTENT_REQUEST_PROCESSING": (
        *(409, "이전 멱등 요청을 처리하고 있습니다."),
        "The first request with this key is still being processed.",
    ),
    "FORBIDDEN_REQUEST": (403, "허용되지 않은 요청입니다.", "The request is not allowed."),
    "FORBIDDEN_CONSECUTIVE_REQUEST": (
        *(403, "반복된 요청입니다. 잠시 후 다시 시도해 주세요."),
        "Too many requests in a row. Try again later.",
    ),
    "NOT_FOUND": (404, "존재하지 않는 정보입니다.", "There is nothing here."),
    "NOT_FOUND_PAYMENT": (404, "존재하지 않는 결제입니다.", "There is no such payment."),
    "NOT_FOUND_PAYMENT_SESSION": (
        *(404, "결제 시간이 만료되어 결제 진행 데이터가 없습니다."),
        "The payment session does not exist or has expired.",
    ),
    # Of creating and confirming.
    "DUPLICATED_ORDER_ID": (
        *(400, "이미 승인된 주문번호입니다."),
        "This order has already been paid.",
    ),
    "ALREADY_PROCESSED_PAYMENT": (
        *(400, "이미 처리된 결제입니다."),
        "This payment has already been processed.",
    ),
    "UNAPPROVED_ORDER_ID": (
        400,
        "아직 승인되지 않은 주문번호입니다.",
        "The order is not approved.",
    ),
    "PROVIDER_ERROR": (400, "일시적인 오류가 발생했습니다.", "A temporary error happened."),
    "BELOW_MINIMUM_AMOUNT": (
        *(400, "카드는 100원 이상 결제할 수 있습니다."),
        "Cards take 100 won or more.",
    ),
    "EXCEED_MAX_CARD_INSTALLMENT_PLAN": (
        *(400, "최대 할부 개월 수를 초과했습니다."),
        "Too many months of installments.",
    ),
    "EXCEED_MAX_DAILY_PAYMENT_COUNT": (
        *(400, "하루 결제 가능 횟수를 초과했습니다."),
        "Too many payments in one day.",
    ),
    "EXCEED_MAX_PAYMENT_AMOUNT": (
        *(400, "하루 결제 가능 금액을 초과했습니다."),
        "More than can be paid in one day.",
    ),
    "INVALID_REJECT_CARD": (400, "카드 사용이 거절되었습니다.", "The card was refused."),
    "INVALID_CARD_EXPIRATION": (400, "카드 유효기간을 확인해 주세요.", "Check the expiry date."),
    "INVALID_STOPPED_CARD": (400, "정지된 카드입니다.", "The card is suspended."),
    "REJECT_CARD_PAYMENT": (
        *(403, "한도 초과 또는 잔액 부족으로 결제에 실패했습니다."),
        "The card has reached its limit or lacks funds.",
    ),
    "REJECT_CARD_COMPANY": (
        *(403, "카드사에서 결제를 거절했습니다."),
        "The card company refused the payment.",
    ),
    "FDS_ERROR": (403, "위험 거래가 감지되었습니다.", "The payment looks fraudulent."),
    "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING": (
        *(500, "결제가 완료되지 않았습니다. 다시 시도해 주세요."),
        "The payment was not completed. Try again.",
    ),
    "FAILED_INTERNAL_SYSTEM_PROCESSING": (
        *(500, "내부 시스템 처리에 실패했습니다. 잠시 후 다시 시도해 주세요."),
        "An internal error happened. Try again later.",
    ),
    "UNKNOWN_PAYMENT_ERROR": (500, "결제에 실패했습니다.", "The payment failed."),
    # Of cancelling.
    "ALREADY_CANCELED_PAYMENT": (
        *(400, "이미 취소된 결제입니다."),
        "The payment has already been canceled.",
    ),
    "NOT_MATCHES_REFUNDABLE_AMOUNT": (
        *(400, "환불 가능한 잔액이 일치하지 않습니다."),
        "The refundable amount is another one.",
    ),
    "REFUND_REJECTED": (400, "환불이 거절되었습니다.", "The refund was refused."),
    "NOT_CANCELABLE_AMOUNT": (
        *(403, "취소할 수 없는 금액입니다."),
        "This amount cannot be canceled.",
    ),
    "NOT_CANCELABLE_PAYMENT": (
        *(403, "취소할 수 없는 결제입니다."),
        "This payment cannot be canceled.",
    ),
    "NOT_ALLOWED_PARTIAL_REFUND": (
        *(403, "부분 환불할 수 없는 결제입니다."),
        "This payment cannot be refunded in part.",
    ),
    "EXCEED_MAX_REFUND_DUE": (
        *(403, "환불 가능한 기간이 지났습니다."),
        "The time for refunds is over.",
    ),
    "FAILED_REFUND_PROCESS": (500, "환불 요청에 실패했습니다.", "The refund failed."),
    "FAILED_METHOD_HANDLING_CANCEL": (
        *(500, "취소 중 일시적인 오류가 발생했습니다."),
        "A temporary error happened while canceling.",
    ),
    "COMMON_ERROR": (500, "일시적인 오류가 발생했습니다.", "A temporary error happened."),
    # Only on the way back to the shop's failUrl.
    "PAY_PROCESS_CANCELED": (
        *(400, "구매자가 결제를 취소했습니다."),
        "The customer canceled the payment.",
    ),
    "PAY_PROCESS_ABORTED": (400, "결제가 중단되었습니다.", "The payment was aborted."),
}


class TossError(Exception):
    """A refusal by its code; `detail` replaces the message where the shop asked wrongly."""

    def __init__(self, code: str, detail: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    @property
    def status(self) -> int:
        """Of HTTP."""
        return ERRORS[self.code][0]

    def body(self, *, english: bool) -> dict[str, str]:
        """The error object."""
        return {"code": self.code, "message": self.detail or message_of(self.code, english=english)}


def message_of(code: str, *, english: bool) -> str:
    """What Toss tells people; raises KeyError for a code it does not have."""
    _, korean, in_english = ERRORS[code]
    return in_english if english else korean
