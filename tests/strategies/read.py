"""Samples of text in many languages and encodings, and strategies for bytes that no reader should trust.

The sentences are written for these tests; they quote nobody.
"""

from __future__ import annotations

import json

from hypothesis import strategies as st

SAMPLES: dict[str, tuple[str, ...]] = {
    "en": (
        "The mayor’s office said the bridge would stay closed – “for now” – until the naïve estimates are checked.",
        "A small café on the corner reopened last week; its owner paid £4,000 for the repairs herself.",
    ),
    "fr": (
        "Le conseil municipal a décidé hier de fermer l’école élémentaire, malgré l’opposition des parents d’élèves.",
        "Après trois années de travaux, la bibliothèque rouvrira ses portes à l’été ; l’entrée sera gratuite.",
        "Les pêcheurs du village craignent que le port ne soit jamais reconstruit où il était.",
    ),
    "de": (
        "Der Stadtrat beschloss am Dienstag, die Brücke über den Fluss für größere Fahrzeuge zu sperren.",
        "Die Gemeinde will künftig mehr Geld für Spielplätze ausgeben, sagte die Bürgermeisterin.",
    ),
    "es": (
        "El ayuntamiento aprobó ayer la construcción de una nueva estación, pese a la oposición de los vecinos.",
        "¿Quién pagará las obras del año próximo? Nadie lo sabe todavía, según explicó la señora García.",
    ),
    "pt": (
        "A câmara municipal aprovou ontem a construção da nova estação, apesar da oposição dos moradores.",
        "Não há previsão para a reabertura da escola, informou a direção em comunicado à população.",
    ),
    "it": (
        "La città ha deciso di chiudere il ponte perché i lavori non sono più rinviabili, ha detto il sindaco.",
        "Nessuno sa ancora quanto costerà, né chi pagherà: la questione è aperta già da un anno e così resterà.",
    ),
    "nl": (
        "De gemeente heeft besloten om de brug te sluiten; de reünie van oud-leerlingen is daarom verplaatst.",
        "Volgens de wethouder is er geen geld voor het café en de cliënten van het dagverblijf.",
    ),
    "sv": (
        "Kommunen beslutade på måndagen att stänga bron för tunga fordon tills den är lagad, säger borgmästaren.",
        "Många boende är oroliga över att skolan inte öppnar igen förrän nästa år.",
    ),
    "da": (
        "Kommunen har besluttet at lukke broen for tunge køretøjer, indtil den er sat i stand igen, siger hun.",
        "Mange beboere frygter, at skolen først åbner næste år, når alle prøver er færdige.",
    ),
    "fi": (
        "Kaupunki päätti sulkea sillan raskailta ajoneuvoilta, kunnes se on korjattu, sanoi pormestari.",
        "Moni asukas pelkää, että koulu ei avaa oviaan enää tänä vuonna.",
    ),
    "pl": (
        "Rada miasta zdecydowała wczoraj o zamknięciu mostu, ponieważ jego stan zagraża bezpieczeństwu mieszkańców.",
        "Mieszkańcy obawiają się, że szkoła nie zostanie już otwarta, choć burmistrz obiecał środki na remont.",
    ),
    "cs": (
        "Zastupitelé včera rozhodli o uzavření mostu, protože jeho stav ohrožuje bezpečnost všech obyvatel.",
        "Rodiče se bojí, že škola už letos neotevře; starosta však slíbil peníze na opravu střechy.",
    ),
    "hu": (
        "A képviselő-testület tegnap úgy döntött, hogy lezárja a hidat, mert az állapota veszélyes.",
        "A szülők attól félnek, hogy az iskola idén már nem nyílik ki újra, és a fűtés sem működik.",
    ),
    "ro": (
        "Consiliul a hotărât ieri să închidă podul, fiindcă starea lui pune în pericol siguranţa locuitorilor.",
        "Părinţii se tem că şcoala nu se va mai deschide anul acesta, deşi primarul a promis bani.",
    ),
    "hr": (
        "Gradsko vijeće odlučilo je jučer zatvoriti most jer njegovo stanje ugrožava sigurnost građana.",
        "Roditelji se boje da se škola ove godine više neće otvoriti, iako je župan obećao novac.",
    ),
    "tr": (
        "Belediye meclisi dün köprünün kapatılmasına karar verdi, çünkü durumu halkın güvenliğini tehdit ediyor.",
        "Veliler okulun bu yıl açılmayacağından korkuyor; ancak başkan onarım için söz verdi.",
    ),
    "lt": (
        "Miesto taryba vakar nusprendė uždaryti tiltą, nes jo būklė kelia grėsmę gyventojų saugumui.",
        "Tėvai baiminasi, kad mokykla šiais metais nebeatsidarys, nors meras žadėjo lėšų remontui.",
    ),
    "lv": (
        "Pilsētas dome vakar nolēma slēgt tiltu, jo tā stāvoklis apdraud iedzīvotāju drošību.",
        "Vecāki baidās, ka skola šogad vairs netiks atvērta, lai gan mērs solīja naudu remontam.",
    ),
    "ru": (
        "Городской совет вчера решил закрыть мост, потому что его состояние угрожает безопасности жителей.",
        "Родители боятся, что школа в этом году уже не откроется, хотя мэр обещал деньги на ремонт.",
    ),
    "uk": (
        "Міська рада вчора вирішила закрити міст, оскільки його стан загрожує безпеці мешканців.",
        "Батьки бояться, що школа цього року вже не відкриється, хоча її дах полагодили.",
    ),
    "bg": (
        "Общинският съвет реши вчера да затвори моста, защото състоянието му застрашава хората.",
        "Родителите се страхуват, че училището тази година няма да отвори врати.",
    ),
    "el": (
        "Το δημοτικό συμβούλιο αποφάσισε χθες να κλείσει τη γέφυρα, επειδή η κατάστασή της είναι επικίνδυνη.",
        "Οι γονείς φοβούνται ότι το σχολείο δεν θα ανοίξει ξανά φέτος.",
    ),
    "he": (
        "מועצת העיר החליטה אתמול לסגור את הגשר, משום שמצבו מסכן את התושבים.",
        "ההורים חוששים שבית הספר לא ייפתח השנה, אף שראש העיר הבטיח כסף לשיפוץ.",
    ),
    "ar": (
        "قرر مجلس المدينة أمس إغلاق الجسر لأن حالته تهدد سلامة السكان.",
        "يخشى الآباء ألا تفتح المدرسة أبوابها هذا العام، مع أن رئيس البلدية وعد بالمال.",
    ),
    "th": (
        "สภาเมืองมีมติเมื่อวานนี้ให้ปิดสะพาน เพราะสภาพของสะพานเป็นอันตรายต่อประชาชน",
        "ผู้ปกครองกลัวว่าโรงเรียนจะไม่เปิดอีกในปีนี้",
    ),
    "ja": (
        "市議会は昨日、橋の状態が住民の安全を脅かしているとして、通行止めを決めました。",
        "保護者は、学校が今年もう開かないのではないかと心配しています。",
    ),
    "zh": (
        "市议会昨天决定关闭这座大桥，因为它的状况已经威胁到居民的安全。",
        "家长们担心学校今年不会再开门，虽然市长答应拿出钱来修理屋顶。",
    ),
    "zh-hant": (
        "市議會昨天決定關閉這座大橋，因為它的狀況已經威脅到居民的安全。",
        "家長們擔心學校今年不會再開門，雖然市長答應拿出錢來修理屋頂。",
    ),
    "ko": (
        "시의회는 어제 다리의 상태가 주민의 안전을 위협한다며 통행을 막기로 결정했다.",
        "학부모들은 학교가 올해 다시 문을 열지 않을까 걱정하고 있다.",
    ),
}
"""Sentences of one invented story, by language."""

ENCODINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "fi"), ("cp1252", "mac_roman")),
    **dict.fromkeys(("pl", "cs", "hu", "ro", "hr"), ("cp1250", "iso8859_2")),
    "tr": ("cp1254",),
    **dict.fromkeys(("lt", "lv"), ("cp1257",)),
    "ru": ("cp1251", "koi8_r", "iso8859_5", "cp866"),
    "uk": ("cp1251", "koi8_u"),
    "bg": ("cp1251",),
    "el": ("cp1253", "iso8859_7"),
    "he": ("cp1255",),
    "ar": ("cp1256",),
    "th": ("cp874",),
    "ja": ("cp932", "euc_jp", "iso2022_jp"),
    "zh": ("gb18030",),
    "zh-hant": ("big5",),
    "ko": ("cp949",),
}
"""Legacy encodings that text in each language is found in."""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)

records = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(max_size=60) | json_values,
        "html": st.text(max_size=60) | json_values,
        "url": json_values,
    },
)
"""Records of a JSON Lines file, some of them right."""

json_lines = st.lists(
    records.map(lambda record: json.dumps(record).encode()) | st.binary(max_size=40).filter(lambda b: b"\n" not in b),
    max_size=8,
).map(b"\n".join)

file_names = st.sampled_from(
    ["a.txt", "a.html", "a.jsonl", "a.json", "a.parquet", "a.gz", "a.html.gz", "a.jsonl.zst", "a", "a.warc.gz", "a.csv"]
)

magics = st.sampled_from(
    [
        b"",
        b"\x1f\x8b\x08\x00",
        b"\x28\xb5\x2f\xfd",
        b"PAR1",
        b"%PDF-",
        b"WARC/1.0\r\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x00\x00\xfe\xff",
        b"<html>",
        b'{"text": "',
        b"PK\x03\x04",
    ]
)
"""How files of many kinds begin."""

hostile_bytes = st.tuples(magics, st.binary(max_size=300)).map(b"".join)
