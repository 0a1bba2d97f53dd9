"""Images in the other two styles, and those that Bob has kept to himself."""

from local.seed.plan import Remark, Wish

DOTS = (
    Wish(
        "bob",
        "mateo",
        ("red mushroom", "green hills", "sunny day", "sun"),
        seed=1,
        caption="Sticker for every comic sold.",
        likes=("mateo", "haneul", "jiwoo"),
        remarks=(
            Remark(
                "mateo",
                "Yes! Exactly this. Put it on everything.",
                (("bob", "It is on the till already."),),
            ),
        ),
    ),
    Wish(
        "alice",
        "mateo",
        ("red boat", "sea", "sunny day", "sun"),
        seed=1,
        waits=True,
        caption="A loud little boat.",
        likes=("mateo", "bob"),
    ),
    Wish(
        "bob",
        "mateo",
        ("portrait of a woman", "black hair", "blue shirt", "yellow background"),
        seed=4403,
        caption="Sunday pages, Monday window.",
        likes=("alice", "mateo"),
    ),
    Wish(
        "noor",
        "mateo",
        ("pink cup", "blue table", "yellow background"),
        seed=1,
        caption="Not gold, for once.",
        likes=("mateo", "alice"),
        remarks=(Remark("alice", "A whole new you."),),
    ),
    Wish(
        "bob",
        "mateo",
        ("red apple", "white table", "blue background"),
        seed=4405,
        waits=True,
        caption="Back to school.",
        likes=("doyun",),
    ),
    Wish(
        "jiwoo",
        "mateo",
        ("red lighthouse", "sea", "sunset", "sun"),
        seed=4406,
        caption="여름 바다 특집 포스터 시안.",
        likes=("mateo",),
    ),
)
MOSS = (
    Wish(
        "bob",
        "doyun",
        ("white boat", "sea", "sunny day", "sun"),
        seed=4501,
        caption="Bookplate for the travel shelf.",
        likes=("doyun", "alice", "jiwoo"),
        remarks=(
            Remark(
                "doyun",
                "돛의 결이 마음에 듭니다. 실제 판으로도 새겨 보고 싶네요.",
                (
                    ("jiwoo", "새기시면 한 장 꼭 사겠습니다."),
                    ("alice", "저도요! 공방 구경도 시켜 주세요."),
                ),
            ),
        ),
    ),
    Wish(
        "jiwoo",
        "doyun",
        ("green pine tree", "snowy mountains", "cloudy sky", "clouds"),
        seed=4502,
        ratio="1:2",
        caption="등산 에세이 책갈피.",
        likes=("doyun", "bob"),
    ),
    Wish(
        "alice",
        "doyun",
        ("white lighthouse", "sea", "sunset", "sun"),
        seed=4503,
        caption="도윤 님의 결로 찍은 등대.",
        likes=("doyun",),
    ),
    Wish(
        "bob",
        "doyun",
        ("portrait of a woman", "black hair", "white shirt", "green background"),
        seed=4504,
        caption="Patron saint of the poetry corner.",
        likes=("noor", "doyun"),
    ),
    Wish(
        "mateo",
        "doyun",
        ("white mushroom", "forest", "sunny day", "sun"),
        seed=1,
        caption="One ink. I could never.",
        likes=("doyun", "alice", "bob"),
        remarks=(Remark("doyun", "점 하나면 충분한 분이 왜요."),),
    ),
    Wish(
        "bob",
        "doyun",
        ("white house", "snowy mountains", "sunset", "sun"),
        seed=4506,
        ratio="2:2",
        caption="Winter catalogue, cover.",
        likes=("jiwoo",),
    ),
)
# What Bob has kept to himself.
KEPT = (
    Wish(
        "bob", "alice", ("blue boat", "sea", "night", "moon", "stars"), seed=4601, is_public=False
    ),
    Wish(
        "bob",
        "alice",
        ("red castle", "forest", "sunset", "sun"),
        seed=4602,
        caption="Too grim for the children's corner?",
        is_public=False,
    ),
    Wish(
        "bob",
        "noor",
        ("yellow lighthouse", "green hills", "sunset", "sun"),
        seed=4603,
        is_public=False,
    ),
    Wish(
        "bob",
        "haneul",
        ("pink windmill", "desert", "sunset", "sun"),
        seed=4604,
        caption="Keep for the travel month.",
        is_public=False,
    ),
    Wish(
        "bob",
        "mateo",
        ("red vase", "flowers", "white table", "blue background"),
        seed=4605,
        is_public=False,
    ),
    Wish(
        "bob",
        "doyun",
        ("white vase", "flowers", "green table", "white background"),
        seed=4606,
        caption="For Mum's birthday.",
        is_public=False,
        is_seen=False,
    ),
)
