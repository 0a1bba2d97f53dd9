"""The people of a seeded platform. Carol stays new, for whoever wants to begin from nothing."""

from local.seed import signatures
from local.seed.plan import Member, Studio

ALICE = Member(
    login="alice",
    username="alice",
    bio="Harbours, foxes and red roofs, cut from five papers. 부산에서 종이를 오려 그립니다.",
    portrait=2057,
    follows=("haneul", "doyun"),
    studio=Studio(
        artist_name="Alice Han",
        hand="coral and navy",
        scenes=(2024, 2005, 2027, 2028, 2032, 2036, 2039, 2043, 2018, 2059, 2054, 2010),
        title="Coral Harbour",
        description=(
            "Cut paper in coral, peach, cream and two blues, with a dark navy outline that wavers "
            "a little, as scissors do. Made for postcards, book covers and quiet posters. Houses, "
            "boats, castles and faces come out best; name one thing and the place it is in."
        ),
        price_tokens=20,
        signature=signatures.sign_alice,
    ),
)
NOOR = Member(
    login="noor",
    username="noor.halabi",
    bio="Illustrator in Amman and Berlin. Gold leaf, lamp black, and as little else as I can.",
    portrait=2008,
    follows=("alice", "haneul"),
    studio=Studio(
        artist_name="Noor Halabi",
        hand="gold on black",
        scenes=(2000, 2010, 2014, 2024, 2028, 2032, 2036, 2039, 2040, 2050, 2055, 2059),
        title="Gilded Night",
        description=(
            "Old gold on black, drawn with one thin bright line. I began it as a set of tarot "
            "cards and never stopped. Night skies, castles, portraits and single emblems suit it; "
            "it is at home on packaging, record sleeves and invitations."
        ),
        price_tokens=25,
        signature=signatures.sign_noor,
    ),
)
HANEUL = Member(
    login="haneul",
    username="이하늘",
    bio="밤의 도시를 그리는 일러스트레이터. 을지로 골목의 네온과 비 오는 유리창을 좋아합니다.",
    portrait=2075,
    follows=("alice", "noor", "mateo"),
    studio=Studio(
        artist_name="이하늘",
        hand="neon night",
        scenes=(2069, 2064, 2067, 2070, 2071, 2072, 2073, 2076, 2081, 2084, 2090, 2093),
        title="Neon Nocturne",
        description=(
            "비 온 뒤 밤거리의 네온처럼 보라와 자홍 위에 청록 선을 그었습니다. 도시, 바다, 등대, "
            "인물에 잘 어울립니다. Violet and magenta with one cyan line, like shop signs after "
            "rain; for gig posters, game art and late playlists."
        ),
        price_tokens=15,
        signature=signatures.sign_haneul,
    ),
)
MATEO = Member(
    login="mateo",
    username="mateo.rivas",
    bio="Comics, stickers and tortilla packaging from Oaxaca. Dots are my favourite colour.",
    portrait=2120,
    follows=("alice",),
    studio=Studio(
        artist_name="Mateo Rivas",
        hand="pop dots",
        scenes=(2104, 2101, 2103, 2106, 2109, 2114, 2119, 2121, 2124, 2126, 2130, 2134),
        title="Halftone Summer",
        description=(
            "Four loud inks, a fat black line and a screen of dots over everything, as the Sunday "
            "pages had it. Good for stickers, shirts and menus. Ask for one big thing and a plain "
            "ground, and let the dots do the rest."
        ),
        price_tokens=10,
        signature=signatures.sign_mateo,
    ),
)
DOYUN = Member(
    login="doyun",
    username="김도윤",
    bio="판화가. 숲과 동물을 리놀륨에 새깁니다. 강릉 작업실에서 천천히 찍습니다.",
    portrait=2161,
    follows=("alice", "noor"),
    studio=Studio(
        artist_name="김도윤",
        hand="green linocut",
        scenes=(2160, 2140, 2142, 2146, 2147, 2155, 2164, 2159, 2165, 2169, 2171, 2175),
        title="Moss Linocut",
        description=(
            "초록 한 가지 잉크로 찍은 리놀륨 판화입니다. 사선으로 새긴 결이 모든 면에 남습니다. "
            "A linocut in one green ink; the gouge runs at the same angle through everything. "
            "Forests, animals and portraits, for labels, bookplates and seed packets."
        ),
        price_tokens=12,
        signature=signatures.sign_doyun,
    ),
)
BOB = Member(
    login="bob",
    username="bob",
    bio="I run a small bookshop and put a new picture in the window every Monday.",
    portrait=2044,
    follows=("alice", "noor", "haneul", "mateo"),
    packages=("standard_500", "basic_100"),
)
JIWOO = Member(
    login="jiwoo",
    username="박지우",
    bio="독립 출판 디자이너. 표지에 쓸 그림을 찾아다닙니다.",
    portrait=2052,
    follows=("alice", "doyun"),
)

# In the order in which they come: those first without whom others would wait.
MEMBERS = {one.login: one for one in (ALICE, BOB, NOOR, HANEUL, MATEO, DOYUN, JIWOO)}
