"""Seeded pages of invented sites in six languages and three types, every line with what it is.

They pin the labeller's quality where continuous integration can measure it, and fill miniature bench folders. The
labeller is not tuned on them: they hold what it is, and say nothing about real sites.
"""
# ruff: noqa: E501  (a sentence is one line)

from __future__ import annotations

import random
from dataclasses import dataclass

from pipeline.records import BODY, Kind


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page; ``n`` lines."""

    site: str
    language: str
    page_type: str
    """``news``, ``blog`` or ``manual``."""
    title: str
    lines: tuple[tuple[str, Kind, bool], ...]
    """Text, kind, whether a blank line stands before it; (n,)."""

    @property
    def text(self) -> str:
        """The page as a scraper saves it."""
        return "\n".join("\n" * blank + text for text, _, blank in self.lines)

    @property
    def body(self) -> str:
        """Its body lines."""
        return "\n".join(text for text, kind, _ in self.lines if kind in BODY)


@dataclass(frozen=True, slots=True)
class _Language:
    menu: tuple[str, ...]
    titles: tuple[str, ...]
    byline: str
    months: tuple[str, ...]
    date: str
    sentences: tuple[str, ...]
    headings: tuple[str, ...]
    items: tuple[str, ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    newsletter: str
    share: tuple[str, ...]
    related: str
    teasers: tuple[str, ...]
    comments: tuple[str, ...]
    legal: tuple[str, ...]
    joint: str = " "


_PEOPLE = ("Ada Brandt", "Tomas Reyes", "Mina Okafor", "Jules Laurent", "Petra Novak", "Lena Fischer")

_LANGUAGES = {
    "en": _Language(
        menu=("Skip to content", "Home", "News", "Sport", "Culture", "Log in", "Subscribe"),
        titles=("How {place} got its {thing} back", "The {thing} at {place} opens again", "A new {thing} for {place}"),
        byline="By {person}",
        months=("January", "March", "May", "August", "October"),
        date="{month} {day}, {year}",
        sentences=(
            "The {thing} at {place} had been closed for {number} years, and few people believed that it would ever open again.",
            "It took {number} months and far more money than planned, because nobody had looked under the floor before.",
            "“We have waited long enough for this day,” said {person}, who has lived next to the {thing} for {number} years.",
            "On Saturday more than {number} people came to see it, and many of them had brought their children along.",
            "The town pays half of the costs; the other half was given by people who live near {place}.",
            "{person} still remembers the morning when the first part of the roof came down in the rain.",
            "Whether the {thing} will pay for itself is a question that even its friends do not like to answer.",
            "In the end the council voted for the plan, although engineers had warned that it was too cheap to be true.",
        ),
        headings=("What it cost", "What comes next", "Before you begin", "How it works"),
        items=(
            "A dry place to put the tools",
            "Two people who can lift the frame",
            "Time, at least one whole afternoon",
        ),
        things=("ferry", "library", "tramway", "theatre", "mill"),
        places=("the harbour", "the old market", "the coast road", "the upper valley"),
        newsletter="Sign up for our newsletter",
        share=("Share this article", "Facebook", "Twitter"),
        related="Most read",
        teasers=("Ten walks for the weekend", "What to cook tonight", "The pool stays closed"),
        comments=("Leave a Reply", "Your email address will not be published. Required fields are marked *"),
        legal=("Privacy Policy", "© {year} The Gazette. All rights reserved."),
    ),
    "de": _Language(
        menu=("Zum Inhalt springen", "Startseite", "Politik", "Sport", "Kultur", "Anmelden", "Abo"),
        titles=(
            "Wie {place} wieder {thing} bekam",
            "{thing}: neue Pläne für {place}",
            "Neues Leben für {thing}, {place}",
        ),
        byline="Von {person}",
        months=("Januar", "März", "Mai", "August", "Oktober"),
        date="{day}. {month} {year}",
        sentences=(
            "Seit {number} Jahren war hier geschlossen, und kaum jemand glaubte noch daran, dass sich das je ändern würde.",
            "Es dauerte {number} Monate und kostete weit mehr als geplant, weil vorher niemand unter den Boden gesehen hatte.",
            "„Wir haben lange genug auf diesen Tag gewartet“, sagt {person} und wohnt seit {number} Jahren gleich nebenan.",
            "Am Samstag kamen mehr als {number} Menschen, um sich alles anzusehen, und viele brachten ihre Kinder mit.",
            "Die Stadt zahlt die Hälfte der Kosten; die andere Hälfte haben Leute aus der Nachbarschaft gespendet.",
            "{person} erinnert sich noch an den Morgen, an dem der erste Teil des Daches im Regen herunterkam.",
            "Ob sich das alles je rechnen wird, ist eine Frage, die auch die Freunde des Vorhabens ungern beantworten.",
            "Am Ende stimmte der Rat dem Plan zu, obwohl Fachleute gewarnt hatten, er sei zu billig, um wahr zu sein.",
        ),
        headings=("Was es gekostet hat", "Wie es weitergeht", "Bevor Sie beginnen", "Wie es funktioniert"),
        items=(
            "Ein trockener Platz für das Werkzeug",
            "Zwei Leute, die den Rahmen heben",
            "Zeit, mindestens ein ganzer Nachmittag",
        ),
        things=("die Fähre", "die Bücherei", "das Theater", "die Mühle", "das Kino"),
        places=("am Hafen", "am alten Markt", "an der Küstenstraße", "im oberen Tal"),
        newsletter="Newsletter abonnieren",
        share=("Artikel teilen", "Facebook", "Twitter"),
        related="Meistgelesen",
        teasers=("Zehn Wanderungen fürs Wochenende", "Was heute gekocht wird", "Das Schwimmbad bleibt zu"),
        comments=("Schreiben Sie einen Kommentar", "Ihre E-Mail-Adresse wird nicht veröffentlicht."),
        legal=("Datenschutz", "© {year} Der Anzeiger. Alle Rechte vorbehalten."),
    ),
    "fr": _Language(
        menu=("Aller au contenu", "Accueil", "Actualités", "Sport", "Culture", "Se connecter", "S'abonner"),
        titles=("Comment {thing} renaît {place}", "{thing} rouvre {place}", "Une seconde vie pour {thing} {place}"),
        byline="Par {person}",
        months=("janvier", "mars", "mai", "août", "octobre"),
        date="{day} {month} {year}",
        sentences=(
            "Tout était fermé depuis {number} ans, et presque personne ne croyait plus que les portes rouvriraient un jour.",
            "Il a fallu {number} mois et bien plus d'argent que prévu, parce que nul n'avait regardé sous le plancher.",
            "« Nous avons attendu ce jour assez longtemps », raconte {person}, qui habite à côté depuis {number} ans.",
            "Samedi, plus de {number} personnes sont venues voir le résultat, et beaucoup avaient amené leurs enfants.",
            "La ville paie la moitié des travaux ; l'autre moitié a été donnée par les habitants du quartier.",
            "{person} se souvient encore du matin où la première partie du toit est tombée sous la pluie.",
            "Personne ne sait si l'affaire sera un jour rentable, et même ses amis préfèrent ne pas répondre.",
            "Le conseil a fini par voter le projet, alors que les ingénieurs le trouvaient trop bon marché pour être vrai.",
        ),
        headings=("Ce que cela a coûté", "Et maintenant", "Avant de commencer", "Comment cela marche"),
        items=(
            "Un endroit sec pour les outils",
            "Deux personnes pour lever le cadre",
            "Du temps, au moins un après-midi entier",
        ),
        things=("le bac", "la bibliothèque", "le théâtre", "le moulin", "le cinéma"),
        places=("au port", "sur le vieux marché", "sur la côte", "dans la vallée"),
        newsletter="Inscrivez-vous à notre newsletter",
        share=("Partager cet article", "Facebook", "Twitter"),
        related="Les plus lus",
        teasers=("Dix balades pour le week-end", "Que cuisiner ce soir", "La piscine reste fermée"),
        comments=("Laisser un commentaire", "Votre adresse e-mail ne sera pas publiée."),
        legal=("Mentions légales", "© {year} La Gazette. Tous droits réservés."),
    ),
    "es": _Language(
        menu=("Saltar al contenido", "Inicio", "Noticias", "Deportes", "Cultura", "Iniciar sesión", "Suscríbete"),
        titles=("Cómo volvió {thing} {place}", "Abre de nuevo {thing} {place}", "Otra vida para {thing} {place}"),
        byline="Por {person}",
        months=("enero", "marzo", "mayo", "agosto", "octubre"),
        date="{day} de {month} de {year}",
        sentences=(
            "Llevaba cerrado {number} años, y casi nadie creía ya que las puertas volverían a abrirse algún día.",
            "Hicieron falta {number} meses y mucho más dinero del previsto, porque nadie había mirado debajo del suelo.",
            "«Hemos esperado bastante este día», cuenta {person}, que vive justo al lado desde hace {number} años.",
            "El sábado vinieron más de {number} personas a verlo, y muchas de ellas trajeron a sus hijos.",
            "La ciudad paga la mitad de las obras; la otra mitad la han donado los vecinos del barrio.",
            "{person} todavía recuerda la mañana en que la primera parte del tejado cayó bajo la lluvia.",
            "Nadie sabe si aquello será rentable, y es una pregunta que ni sus amigos quieren contestar.",
            "Al final el consejo aprobó el plan, aunque los ingenieros avisaron de que era demasiado barato para ser verdad.",
        ),
        headings=("Lo que ha costado", "Lo que viene ahora", "Antes de empezar", "Cómo funciona"),
        items=(
            "Un lugar seco para las herramientas",
            "Dos personas que levanten el marco",
            "Tiempo, al menos una tarde entera",
        ),
        things=("el transbordador", "la biblioteca", "el teatro", "el molino", "el cine"),
        places=("en el puerto", "en el mercado viejo", "en la costa", "en el valle"),
        newsletter="Suscríbete a nuestro boletín",
        share=("Compartir este artículo", "Facebook", "Twitter"),
        related="Lo más leído",
        teasers=("Diez paseos para el fin de semana", "Qué cocinar esta noche", "La piscina sigue cerrada"),
        comments=("Deja un comentario", "Tu dirección de correo electrónico no será publicada."),
        legal=("Política de privacidad", "© {year} La Gaceta. Todos los derechos reservados."),
    ),
    "ja": _Language(
        menu=("ホーム", "ニュース", "スポーツ", "文化", "ログイン", "購読する"),
        titles=("{place}の{thing}が再び開く", "よみがえる{place}の{thing}", "{place}に新しい{thing}"),
        byline="文・{person}",
        months=("1", "3", "5", "8", "10"),
        date="{year}年{month}月{day}日",
        sentences=(
            "{place}の{thing}は{number}年の間閉ざされたままで、再び開くと信じる人はほとんどいなかった。",
            "床下を誰も調べていなかったため、工事には{number}か月と予定をはるかに超える費用がかかった。",
            "「この日を本当に長い間待っていました」と、隣に{number}年住む{person}さんは話した。",
            "土曜日には{number}人以上が訪れ、その多くが子どもを連れて中を見て回った。",
            "費用の半分は市が負担し、残りの半分は{place}の近くに住む人々の寄付によって賄われた。",
            "{person}さんは、雨の朝に屋根の一部が崩れ落ちた日のことを今もよく覚えている。",
            "採算が取れるかどうかは、計画を支えてきた人たちでさえ答えたがらない問いである。",
            "技術者は安すぎると警告していたが、議会は最後には賛成多数でこの計画を認めた。",
        ),
        headings=("かかった費用", "これからの予定", "始める前に", "しくみ"),
        items=("道具を置く乾いた場所", "枠を持ち上げる二人の人手", "少なくとも半日の時間"),
        things=("灯台", "図書館", "劇場", "水車", "映画館"),
        places=("港", "古い市場", "海沿いの町", "上の谷"),
        newsletter="メールマガジンに登録する",
        share=("この記事をシェア", "Facebook", "Twitter"),
        related="関連記事",
        teasers=("週末に歩きたい十の道", "今夜の献立", "プールは閉鎖のまま"),
        comments=("コメントを残す", "メールアドレスが公開されることはありません。"),
        legal=("プライバシーポリシー", "© {year} 港新聞社 無断転載を禁じます"),
        joint="",
    ),
    "ru": _Language(
        menu=("Главная", "Новости", "Спорт", "Культура", "Войти", "Подписка"),
        titles=(
            "Как {place} снова появилась {thing}",
            "{thing} {place} открывается снова",
            "Вторая жизнь: {thing} {place}",
        ),
        byline="Автор: {person}",
        months=("января", "марта", "мая", "августа", "октября"),
        date="{day} {month} {year}",
        sentences=(
            "Здесь всё было закрыто {number} лет, и почти никто уже не верил, что двери когда-нибудь откроются снова.",
            "Понадобилось {number} месяцев и гораздо больше денег, чем думали, потому что никто не заглянул под пол.",
            "«Мы достаточно долго ждали этого дня», — говорит {person}, чей дом стоит рядом уже {number} лет.",
            "В субботу посмотреть на это пришли более {number} человек, и многие из них привели с собой детей.",
            "Половину расходов оплачивает город, а другую половину собрали жители соседних улиц.",
            "{person} до сих пор помнит утро, когда первая часть крыши обрушилась под дождём.",
            "Окупится ли всё это, никто не знает, и даже друзья проекта не любят отвечать на этот вопрос.",
            "В конце концов совет принял план, хотя инженеры предупреждали, что он слишком дёшев, чтобы быть правдой.",
        ),
        headings=("Сколько это стоило", "Что будет дальше", "Прежде чем начать", "Как это работает"),
        items=("Сухое место для инструментов", "Два человека, чтобы поднять раму", "Время, по крайней мере полдня"),
        things=("паром", "библиотека", "мельница", "сцена", "школа"),
        places=("в порту", "на старом рынке", "на побережье", "в долине"),
        newsletter="Подпишитесь на нашу рассылку",
        share=("Поделиться", "Facebook", "Twitter"),
        related="Читайте также",
        teasers=("Десять прогулок на выходные", "Что приготовить вечером", "Бассейн пока закрыт"),
        comments=("Оставить комментарий", "Ваш адрес email не будет опубликован."),
        legal=("Политика конфиденциальности", "© {year} Вестник. Все права защищены."),
    ),
}
LANGUAGES = tuple(_LANGUAGES)
TYPES = ("news", "blog", "manual")


def labelled_page(seed: int, language: str, page_type: str) -> LabelledPage:
    """The page of one seed; the same arguments give the same page."""
    rng = random.Random(f"{language}/{page_type}/{seed}")
    words = _LANGUAGES[language]
    year = rng.randint(2015, 2024)
    place, thing = rng.choice(words.places), rng.choice(words.things)

    def filled(text: str) -> str:
        made = text.format(
            place=place,
            thing=thing,
            person=rng.choice(_PEOPLE),
            number=rng.randint(3, 90),
            month=rng.choice(words.months),
            day=rng.randint(1, 28),
            year=year,
        )
        return made[:1].upper() + made[1:]

    # no sentence twice: a repeated one would be right to remove
    sentences = iter(rng.sample(words.sentences, len(words.sentences)))

    def paragraphs(count: int) -> list[tuple[str, Kind, bool]]:
        chosen = [words.joint.join(filled(next(sentences)) for _ in range(2)) for _ in range(count)]
        return [(text, Kind.PARAGRAPH, True) for text in chosen]

    title = filled(rng.choice(words.titles))
    lines = [(text, Kind.NAVIGATION, False) for text in words.menu]
    lines.append((title, Kind.TITLE, True))
    if page_type != "manual":
        lines += [(filled(words.byline), Kind.BYLINE, True), (filled(words.date), Kind.DATE, False)]
    opening = rng.randint(1, 3)
    lines += paragraphs(opening)
    if page_type == "news":
        lines.append((words.newsletter, Kind.NEWSLETTER, True))
    lines.append((rng.choice(words.headings), Kind.HEADING, True))
    if page_type == "manual":
        lines += [(f"• {item}", Kind.LIST_ITEM, number == 0) for number, item in enumerate(words.items)]
    lines += paragraphs(len(words.sentences) // 2 - opening)
    if page_type != "manual":
        lines += [(text, Kind.SHARE, number == 0) for number, text in enumerate(words.share)]
    if page_type == "blog":
        lines += [(text, Kind.COMMENTS, number == 0) for number, text in enumerate(words.comments)]
    else:
        lines += [(text, Kind.RELATED, number == 0) for number, text in enumerate((words.related, *words.teasers))]
    lines += [(filled(text), Kind.LEGAL, number == 0) for number, text in enumerate(words.legal)]
    return LabelledPage(f"{page_type}-{language}-{seed}.example", language, page_type, title, tuple(lines))


def labelled_pages(each: int) -> list[LabelledPage]:
    """So many pages of every language and type."""
    return [
        labelled_page(seed, language, page_type)
        for language in LANGUAGES
        for page_type in TYPES
        for seed in range(each)
    ]
