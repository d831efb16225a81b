"""Whole pages of many sorts: what is kept, what is removed and as what, written as a scraper saves them."""
# ruff: noqa: E501  (a paragraph of a scraped page is one line)

from __future__ import annotations

import pytest

from pipeline.label.labeller import load_labeller
from pipeline.records import BODY, CHROME, Hints, Kind, Label, Line, Metadata, Page
from pipeline.settings import LabelSettings

LABELLER = load_labeller(LabelSettings())


def page(text: str) -> Page:
    """A plain text page, split at line ends."""
    lines: list[Line] = []
    blank = False
    for number, row in enumerate(text.strip().split("\n"), 1):
        if row:
            lines.append(Line(number, 0, row, row, number, blank))
        blank = not row
    return Page("0" * 16, "tests", "page", "text", "utf-8", "0" * 64, len(text), Hints(), tuple(lines))


def label(text: str) -> dict[str, Label]:
    """Line -> label; a line that is printed twice has the label of its last print."""
    made = page(text)
    return {line.clean: verdict for line, verdict in zip(made.lines, LABELLER.label([made])[0], strict=True)}


NEWS = """
Skip to content
The Harbour Gazette
News
Sport
Culture
Subscribe

Old ferry returns to the harbour after two years of repairs
By Ada Brandt | May 24, 2022

The old ferry came back to the harbour on Tuesday, after two years of repairs that cost twice as much as the council had planned.

Hundreds of residents stood on the quay when the ship came in, and many of them had brought their children along to see it.

"We have waited long enough for this day," said Tomas Reyes, who has worked on the ferry since he was eighteen years old.

ADVERTISEMENT

The ferry will carry its first passengers next week, and the council expects that half of the commuters will leave their cars at home.

What it cost

The repairs cost nine million, four million more than planned, because the hull was in a worse state than the engineers had thought.

Sign up for our newsletter
Enter your email address

Most read
Ten walks for the weekend
What to cook tonight
The library opens on Sundays

© 2022 The Harbour Gazette. All rights reserved.
"""

BLOG = """
Home
About
Archive

How I repaired my grandmother's clock

Posted on March 3, 2021 by Mina

My grandmother's clock had not run since she moved to the city, and nobody in the family dared to open it until last winter.

I began by taking photographs of every wheel, because I knew that I would not remember where each of them belonged.

Then I cleaned the pivots with a wooden stick and a drop of alcohol, which took most of the evening and all of my patience.

Now it runs two minutes fast every day, and I have decided that I like it that way.

Share this:
Facebook
Twitter

Leave a Reply
Your email address will not be published. Required fields are marked *
Proudly powered by a server in the cellar
"""

RECIPE = """
Menu
Recipes
Shop

Lentil soup with lemon

This soup is what we eat when the days get short: it takes half an hour, it costs next to nothing and it tastes better on the second day.

Ingredients

• 300 g red lentils
• 2 onions, finely chopped
• 1 lemon
• 1.5 litres of vegetable stock

Method

1. Fry the onions in a little oil until they are soft and golden, which takes about ten minutes.
2. Add the lentils and the stock, bring everything to the boil and let it simmer for twenty minutes.
3. Season with salt, pepper and the juice of the lemon, and serve the soup with bread.

You might also like
Pumpkin soup
Bread without kneading
Privacy Policy
"""

DOCS = """
Docs
Search
Version 2.4

Installing the command line tool

The command line tool runs on every system that has a recent interpreter, and it needs no other software to be installed.

Download the archive for your system, unpack it into a folder of your choice, and add that folder to your search path.

Checking the installation

Open a new terminal window and ask the tool for its version; if it answers with a number, everything is in its place.

If the terminal says that the command was not found, check that the folder is really part of your search path.

Previous
Next
Edit this page
© 2023 Example Project
"""

FORUM = """
Forums
Log in
Register

Which paint holds on a wooden boat?

I have a small wooden boat that lies in fresh water all summer, and the paint comes off in flakes every single year.

Has anybody found a paint that lasts for more than one season, or am I doing something wrong when I prepare the wood?

In my experience it is never the paint but always the wood: if it is not dry to the core, nothing will hold on it at all.

I leave mine in the shed until May, sand it down twice and use the cheapest paint that the shop has on its shelves.

Reply
Powered by a forum
Terms of Use
"""

GERMAN = """
Zum Inhalt springen
Startseite
Politik
Wirtschaft
Anmelden

Gemeinde kauft das alte Kino am Marktplatz

Von Lena Fischer

Die Gemeinde hat am Montag das alte Kino am Marktplatz gekauft, das seit mehr als zehn Jahren leer steht und langsam verfällt.

Der Bürgermeister sprach von einem guten Tag für die Stadt und kündigte an, dass noch in diesem Jahr mit der Sanierung begonnen werde.

Anzeige

Die Kosten werden auf drei Millionen Euro geschätzt, von denen das Land die Hälfte trägt, wenn die Arbeiten pünktlich beginnen.

Lesen Sie auch
Neuer Radweg am Fluss
Schwimmbad bleibt geschlossen
Impressum
Datenschutz
© 2023 Beispielzeitung. Alle Rechte vorbehalten.
"""

FRENCH = """
Aller au contenu
Accueil
Se connecter

Le vieux marché couvert rouvrira au printemps

Par Jules Laurent

Le vieux marché couvert rouvrira ses portes au printemps, après trois ans de travaux qui ont coûté bien plus cher que prévu.

Les commerçants, installés depuis le début du chantier dans des tentes sur la place, attendent ce moment avec impatience.

« Nous avons perdu la moitié de nos clients », raconte une fromagère, qui espère que les habitués reviendront dès le premier jour.

À lire aussi
La piscine ferme pour travaux
Mentions légales
Tous droits réservés
"""

JAPANESE = """
ホーム
ニュース
ログイン

古い灯台が三年ぶりに一般公開

港の入り口に立つ古い灯台が火曜日、三年間の修復工事を終えて一般に公開され、朝から多くの市民が訪れた。

市によると、工事の費用は当初の見積もりの二倍になったが、その半分は寄付によって賄われたという。

「子どものころから毎日見ていた灯台なので、中に入ることができて本当にうれしい」と近くに住む女性は話した。

関連記事
図書館の新館が完成
無断転載を禁じます
プライバシーポリシー
"""

ARABIC = """
الرئيسية
بحث
تسجيل الدخول

المكتبة القديمة تفتح أبوابها من جديد

فتحت المكتبة القديمة أبوابها من جديد يوم الثلاثاء، بعد ثلاث سنوات من أعمال الترميم التي كلفت ضعف ما كان متوقعا.

وقال مدير المكتبة إن مئات الزوار جاؤوا في اليوم الأول، وإن كثيرا منهم أحضروا أطفالهم معهم لرؤية القاعة الكبيرة.

وتضم المكتبة أكثر من مئة ألف كتاب، بعضها نادر جدا ولا يوجد منه سوى نسخة واحدة في العالم كله.

اقرأ أيضا
سياسة الخصوصية
جميع الحقوق محفوظة
"""

SPANISH = """
Saltar al contenido
Inicio
Iniciar sesión

El tranvía volverá a cruzar el puente viejo

El tranvía volverá a cruzar el puente viejo en otoño, después de dos años de obras que han costado el doble de lo previsto.

Los vecinos del barrio, que durante todo este tiempo han tenido que dar un rodeo de media hora, celebran la noticia con alivio.

El ayuntamiento asegura que las obras terminarán a tiempo, aunque los ingenieros todavía no han revisado los últimos pilares.

Te puede interesar
Cierra la piscina municipal
Política de privacidad
Todos los derechos reservados
"""

TURKISH = """
Ana Sayfa
Giriş Yap
İletişim

Eski tren istasyonu müze oluyor

Şehrin eski tren istasyonu, üç yıl süren onarım çalışmalarının ardından gelecek ay müze olarak yeniden kapılarını açacak.

Belediye başkanı, çalışmaların beklenenden iki kat pahalıya mal olduğunu, ancak sonucun buna değdiğini söyledi.

Müzede eski lokomotiflerin yanı sıra, istasyonda çalışmış insanların fotoğrafları ve mektupları da sergilenecek.

İlgili Haberler
Yeni köprü açıldı
Tüm hakları saklıdır
"""

ESSAY = """
Navigation
Essays
Contact

On keeping bees in a city

People who keep bees in a city are asked two questions by everyone they meet: whether it is allowed, and whether it hurts.

It is allowed, in most places, if the neighbours do not mind; and it hurts, although less than one expects and never for long.

What nobody asks is why anyone should want to do it, which is a pity, because it is the only question that has an interesting answer.

A hive is the one thing in my life that I cannot hurry, and on some evenings that is the whole of its charm.

Follow us
Instagram
Terms of Service
"""

PAGES = {
    "news": NEWS, "blog": BLOG, "recipe": RECIPE, "docs": DOCS, "forum": FORUM, "german": GERMAN, "french": FRENCH,
    "japanese": JAPANESE, "arabic": ARABIC, "spanish": SPANISH, "turkish": TURKISH, "essay": ESSAY,
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_prose_is_kept_and_menus_and_footers_are_not(name: str) -> None:
    """On every sort of page all long sentences are body, and the first and the last line are chrome."""
    text = PAGES[name]
    rows = [row.strip() for row in text.strip().split("\n") if row.strip()]
    labels = label(text)
    long = 45 if name == "japanese" else 80
    assert [row for row in rows if len(row) >= long and labels[row].kind not in BODY] == []
    assert labels[rows[0]].kind in CHROME
    assert labels[rows[-1]].kind in CHROME


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("news", "Old ferry returns to the harbour after two years of repairs"),
        ("blog", "How I repaired my grandmother's clock"),
        ("german", "Gemeinde kauft das alte Kino am Marktplatz"),
        ("french", "Le vieux marché couvert rouvrira au printemps"),
        ("spanish", "El tranvía volverá a cruzar el puente viejo"),
        ("turkish", "Eski tren istasyonu müze oluyor"),
        ("japanese", "古い灯台が三年ぶりに一般公開"),
    ],
)
def test_the_title_is_found_in_plain_text(name: str, title: str) -> None:
    """The headline above the first paragraph is the title, and it is the only one."""
    labels = label(PAGES[name])
    assert [text for text, verdict in labels.items() if verdict.kind is Kind.TITLE] == [title]


def test_chrome_inside_and_after_the_article_gets_its_kind() -> None:
    """Rules and section headings name the chrome: advertisement, newsletter, related articles, copyright."""
    labels = label(NEWS)
    assert labels["ADVERTISEMENT"] == Label(Kind.PROMO, labels["ADVERTISEMENT"].score, "rule:advertisement")
    assert labels["Sign up for our newsletter"].kind is Kind.NEWSLETTER
    assert labels["Most read"].reason == "rule:related_heading"
    assert labels["What to cook tonight"].kind is Kind.RELATED
    assert labels["© 2022 The Harbour Gazette. All rights reserved."].kind is Kind.LEGAL
    assert labels["By Ada Brandt | May 24, 2022"].kind is Kind.BYLINE


def test_a_word_that_menus_and_boxes_share_has_the_kind_of_what_it_stands_in() -> None:
    """``Newsletters`` in a menu is navigation, the box that asks for an address is a newsletter's; both are removed."""
    labels = label(f"Home\nNews\nSport\nCulture\nNewsletters\nPodcasts\nContact us\n\n{NEWS}")
    assert labels["Newsletters"].kind is Kind.NAVIGATION
    assert labels["Sign up for our newsletter"].kind is Kind.NEWSLETTER


def test_body_lines_get_their_kind() -> None:
    """A short line above a paragraph is a heading, a bullet or a number makes a list item."""
    labels = label(NEWS) | label(RECIPE)
    assert labels["What it cost"].kind is Kind.HEADING
    item = "2. Add the lentils and the stock, bring everything to the boil and let it simmer for twenty minutes."
    assert labels[item].kind is Kind.LIST_ITEM


@pytest.mark.parametrize("name", PAGES)
def test_a_cleaned_page_stays_as_it_is(name: str) -> None:
    """The body of every page, its paragraphs parted by blank lines, is body when it is labelled again."""
    first = label(PAGES[name])
    body = [text for text, verdict in first.items() if verdict.kind in BODY]
    again = label("\n\n".join(body))
    assert [text for text in body if again[text].kind not in BODY] == []


def test_a_short_first_paragraph_is_neither_title_nor_dek() -> None:
    """On a page that is nothing but body, the first short lines are body: nothing speaks for a title."""
    text = (
        "Nobody expected the ferry.\n\n"
        "It came around the cape at seven in the morning, when the quay was still empty and the lamps were burning.\n\n"
        "The harbour master had been told to expect it at noon, and he ran down the stairs with one shoe in his hand.\n\n"
        "By eight o'clock half of the town stood on the quay, and somebody had brought a trumpet."
    )
    assert {verdict.kind for verdict in label(text).values()} <= BODY


def test_a_dek_above_the_byline_is_a_dek() -> None:
    """The sentence between title and byline is the dek; the paragraph below the byline is body."""
    text = NEWS.replace("\nBy Ada", "\nThe ship will carry commuters again from next week\nBy Ada")
    labels = label(text)
    assert labels["The ship will carry commuters again from next week"].kind is Kind.DEK


def test_a_picture_credit_in_the_article_is_a_caption() -> None:
    """A line with a photographer's credit between two paragraphs is a caption."""
    text = NEWS.replace("ADVERTISEMENT", "The ferry at dusk. Photo: Mina Okafor/Harbour Pictures")
    text = text.replace("What it cost", "Photo: Mina Okafor/Getty Images")
    assert label(text)["Photo: Mina Okafor/Getty Images"].kind is Kind.CAPTION


def html_page(lines: list[tuple[str, str]], declared: Metadata) -> Page:
    """An HTML page of (text, tag)."""
    return Page(
        "0" * 16, "tests", "page", "html", "utf-8", "0" * 64, 0, Hints(),
        tuple(Line(number, 0, text, text, number, True, tag) for number, (text, tag) in enumerate(lines, 1)),
        declared,
    )  # fmt: skip


def test_markup_decides_kinds_on_html_pages() -> None:
    """Tags name heading, list item, quotation and caption, and what the page declares is its title and byline."""
    paragraph = "The old ferry came back to the harbour on Tuesday, after two years of repairs that cost a fortune."
    lines = [
        ("News", "li"),
        ("Ferry returns", "h1"),
        ("Mina Okafor", "div"),
        (paragraph, "p"),
        ("What it cost", "h2"),
        (paragraph.replace("Tuesday", "Sunday"), "p"),
        ("Nine million for the hull alone", "li"),
        ("We have waited long enough for this day, and now it has come at last.", "blockquote"),
        ("The ferry at dusk, seen from the quay", "figcaption"),
        (paragraph.replace("Tuesday", "Friday"), "p"),
        ("Contact us", "li"),
    ]
    made = html_page(lines, Metadata(title="Ferry returns", authors=("Mina Okafor",)))
    kinds = [verdict.kind for verdict in LABELLER.label([made])[0]]
    assert kinds == [
        Kind.NAVIGATION, Kind.TITLE, Kind.BYLINE, Kind.PARAGRAPH, Kind.HEADING, Kind.PARAGRAPH, Kind.LIST_ITEM, Kind.QUOTE,
        Kind.CAPTION, Kind.PARAGRAPH, Kind.NAVIGATION,
    ]  # fmt: skip
