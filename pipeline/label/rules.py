"""Small named rules that recognise kinds of lines from how sites are built, in the order in which they are tried.

A rule is a pure function of one line: whole lines (``Share this``), openings (``Sign up for our newsletter ...``),
phrases that a line holds (``all rights reserved``), or a test for what a list of phrases cannot say. Phrases are
compared in lower case, without bullets, digits and punctuation at the ends, so one entry serves ``Comments``,
``Comments (12)`` and ``• COMMENTS:``.

A ``certain`` rule decides alone, inside the body too: its precision on labelled lines is .97 or more
(``copydesk evaluate`` prints the table). The others only say *which* chrome a line is
that the model has already judged to be chrome.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.records import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS: Final = 400
"""Rules look at lines up to this length; chrome that is longer is prose, which the model judges better."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule. Phrases are written one per line; ``limit`` is the longest line in characters it may match."""

    name: str
    kind: Kind
    certain: bool = False
    whole: str = ""
    opens: str = ""
    holds: str = ""
    test: Callable[[str], bool] | None = None
    """Sees the line as it stands."""
    needs: tuple[re.Pattern[str], ...] = ()
    """Of each line that passes the test one of these matches: what ``screen`` looks for."""
    limit: int = 160


def key(text: str) -> str:
    """Lower case, without what is not a letter at the ends: the form in which phrases are compared."""
    text = text[:MOST_CHARACTERS].casefold().replace("’", "'")
    start, end = 0, len(text)
    while start < end and not text[start].isalpha():
        start += 1
    while end > start and not text[end - 1].isalpha():
        end -= 1
    return " ".join(text[start:end].split())


def phrases(block: str) -> tuple[str, ...]:
    """The lines of a list of phrases."""
    return tuple(line.strip() for line in block.strip().splitlines() if line.strip())


_CREDIT = re.compile(
    r"^\W{0,3}(?:photo|photos|photograph|image|images|picture|pictures|illustration|video|pic|credit|"
    r"foto|fotos|bild|bilder|bildquelle|crédit(?:s)?(?: photo)?|photographie|imagen|immagine|fotografía|"
    r"beeld|zdjęcie|fot|fotoğraf|"
    r"фото|写真|撮影|사진|图片|صورة)(?: (?:credits?|by|source|courtesy|von|de|di|par|nachweis))?\s?[:：/©]",
    re.IGNORECASE,
)
_CREDIT_BY = re.compile(
    r"\b(?:photo(?:graph)?s? by|image via|image courtesy|photo courtesy|photo illustration by|picture by)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"(?:(?:/|via |©) ?(?:getty|shutterstock|istock|unsplash|pexels|pixabay|alamy|reuters|ap|afp|dpa|epa|"
    r"picture alliance|imago|belga|anp|efe|ansa|keystone|pool|bloomberg|wikimedia commons|adobe stock)\b|\(ap photo\b)",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"^(?:(?:posted|published|updated|edited|joined)[: ]+)?(?:about |over |hace |vor |il y a )?(?:an?|\d{1,3}) ?"
    r"(?:s|sec|seconds?|min|minutes?|mins?|h|hrs?|hours?|d|days?|w|weeks?|mo|months?|y|years?|días?|horas?|minutos?|tagen?|stunden?|minuten|jours?|heures?)"
    r"(?: ago)?(?: ?[·•|(].{0,20})?$",
    re.IGNORECASE,
)
_AGO_WORD = re.compile(r"ago|^(?i:vor |hace|il y)")
_TWEET = re.compile(r"^[—–-]{1,2} ?.{1,60}\(@\w{1,30}\)")
_HANDLE = re.compile(r"^@\w{2,30}$")
_READ_TIME = re.compile(
    r"^\W{0,3}(?:(?:reading time|read time|lesezeit|lesedauer|temps de lecture|tiempo de lectura|"
    r"tempo di lettura|leestijd)\b.{0,20}|"
    r"(?:about )?\d{1,3}[- ]?(?:min(?:ute)?[sn]?\.?) "
    r"(?:read|reading|de lecture|de lectura|di lettura|leestijd|lesezeit|lesen|okuma))$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"^\W{0,3}\d[\d.,]{0,9}[km]? "
    r"(?:comments?|replies|reply|responses?|kommentare?|commentaires?|comentarios?|commenti|reacties|yorum)\W{0,3}$",
    re.IGNORECASE,
)
_SHARES = re.compile(
    r"^\W{0,3}\d[\d.,]{0,9}[km]? ?(?:shares?|likes?|views?|votes?|followers?|upvotes?)\W{0,3}$", re.IGNORECASE
)
_COPYRIGHT = re.compile(r"^\W{0,4}(?:copyright\b|©|\(c\) ?(?:19|20)\d\d|© ?copyright)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_SEPARATED = re.compile(r"\s[|•·»›/>→]\s|\s::\s")
_BRACKETED_FORM = re.compile(r"^\[ ?(?:search|submit|button|edit|close|x|email)?[ .…]*\]$", re.IGNORECASE)
_URL = re.compile(r"^(?:https?://|www\.)\S+$", re.IGNORECASE)


CREDITS: Final = (_CREDIT, _CREDIT_BY, _AGENCY)


def is_credit(text: str) -> bool:
    """A picture's credit: ``Photo: NAME``, ``(AP Photo/NAME)``, ``NAME/Getty Images``."""
    return _CREDIT.match(text) is not None or _CREDIT_BY.search(text) is not None or _AGENCY.search(text) is not None


SIGNED_POST: Final = (_TWEET,)


def is_signed_post(text: str) -> bool:
    """The last line of an embedded post: ``— NAME (@handle) May 24, 2022``."""
    return _TWEET.match(text) is not None


def is_copyright(text: str) -> bool:
    """``© 2024 NAME``; a bare ``© NAME`` (a picture's credit) or a sentence on copyright is not one."""
    return _COPYRIGHT.match(text) is not None and _YEAR.search(text) is not None


def is_breadcrumb(text: str) -> bool:
    """``Home > News > Local`` or ``About | Contact | Jobs``: at least two separators between short names."""
    if len(text) > 140 or text[-1] in ".!?":
        return False
    parts = _SEPARATED.split(text)
    return len(parts) >= 3 and all(len(part) <= 40 for part in parts)


def is_ago(text: str) -> bool:
    """An age instead of a date: ``2 years ago``."""
    return len(text) <= 40 and _AGO_WORD.search(text) is not None and _AGO.match(text) is not None


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "no_letters",
        Kind.NAVIGATION,
        certain=True,
        test=lambda text: not any(map(str.isalnum, text)),
    ),
    Rule(
        "skip_link",
        Kind.NAVIGATION,
        certain=True,
        whole="""
            skip navigation
            skip to primary navigation
            toggle navigation
            main navigation
            jump to navigation
            back to top
            return to top
            nach oben
            zurück zum anfang
            haut de page
            volver arriba
            torna su
            ページの先頭へ
            ページトップへ
            回到顶部
        """,
        opens="""
            skip to content
            skip to main
            skip to footer
            skip to header
            skip to search
            skip to navigation
            skip to site
            skip to sidebar
            skip to primary
            jump to content
            jump to main content
            zum inhalt springen
            zum hauptinhalt
            direkt zum inhalt
            zur navigation springen
            aller au contenu
            aller à la navigation
            passer au contenu
            ir al contenido
            saltar al contenido
            saltar a contenido
            pular para o conteúdo
            ir para o conteúdo
            vai al contenuto
            salta al contenuto
            ga naar de inhoud
            ga naar inhoud
            naar de inhoud
            przejdź do treści
            hoppa till innehåll
            gå til indhold
            hopp til innhold
            içeriğe atla
            перейти к содержимому
            본문 바로가기
            본문으로 바로가기
            コンテンツへスキップ
            本文へスキップ
            跳到内容
            跳至内容
            تخطى إلى المحتوى
            انتقل إلى المحتوى
        """,
        limit=80,
    ),
    Rule("breadcrumb", Kind.NAVIGATION, test=is_breadcrumb, needs=(_SEPARATED,)),
    Rule("copyright", Kind.LEGAL, certain=True, test=is_copyright, needs=(_COPYRIGHT,), limit=300),
    Rule(
        "rights",
        Kind.LEGAL,
        certain=True,
        whole="""
            privacy policy
            privacy notice
            privacy statement
            terms of use
            terms of service
            terms and conditions
            terms & conditions
            cookie policy
            cookie settings
            cookie preferences
            manage cookies
            manage preferences
            your privacy choices
            do not sell my personal information
            do not sell or share my personal information
            accessibility statement
            impressum
            datenschutz
            datenschutzerklärung
            nutzungsbedingungen
            mentions légales
            politique de confidentialité
            aviso legal
            política de privacidad
            política de privacidade
            informativa sulla privacy
            privacybeleid
            polityka prywatności
            gizlilik politikası
            プライバシーポリシー
            利用規約
            개인정보처리방침
            이용약관
            隐私政策
            سياسة الخصوصية
            политика конфиденциальности
        """,
        holds="""
            all rights reserved
            alle rechte vorbehalten
            tous droits réservés
            todos los derechos reservados
            todos os direitos reservados
            tutti i diritti riservati
            alle rechten voorbehouden
            wszelkie prawa zastrzeżone
            tüm hakları saklıdır
            все права защищены
            无断转载
            無断転載
            版权所有
            무단전재
            무단 전재
            جميع الحقوق محفوظة
        """,
        limit=300,
    ),
    Rule(
        "cookies",
        Kind.LEGAL,
        certain=True,
        opens="""
            we use cookies
            this site uses cookies
            this website uses cookies
            our website uses cookies
            our site uses cookies
            we and our partners
            these cookies
            necessary cookies are
            functional cookies
            performance cookies are
            analytical cookies are
            advertisement cookies are
            by continuing to use this site
            by using this site, you agree
            by clicking "accept
            by clicking accept
            accept all cookies
            accept cookies
            reject all
            cookie consent
            diese website verwendet cookies
            wir verwenden cookies
            wir nutzen cookies
            nous utilisons des cookies
            ce site utilise des cookies
            utilizamos cookies
            este sitio web utiliza cookies
            usamos cookies
            questo sito utilizza
            questo sito usa
            deze website gebruikt cookies
            wij gebruiken cookies
            ta strona używa
            bu site çerez
        """,
        limit=400,
    ),
    Rule(
        "captcha",
        Kind.LEGAL,
        certain=True,
        holds="""
            protected by recaptcha
            uses akismet to reduce spam
            for validation purposes and should be left unchanged
        """,
        limit=300,
    ),
    Rule(
        "affiliate",
        Kind.LEGAL,
        holds="""
            we may earn a commission
            we may earn commission
            we may receive a commission
            affiliate commission
            contains affiliate links
            views expressed in this article
            views expressed are those of
        """,
        limit=400,
    ),
    Rule(
        "comment_form",
        Kind.COMMENTS,
        certain=True,
        opens="""
            your email address will not be published
            required fields are marked
            save my name, email
            notify me of follow-up comments
            notify me of new posts
            you must be logged in to
            you must log in or
            you must login to
            please log in to comment
            log in to comment
            sign in to comment
            login to comment
            leave a reply
            leave a comment
            post a comment
            write a comment
            add a comment
            join the conversation
            join the discussion
            be the first to comment
            no comments yet
            there are no comments
            comments are closed
            view comments
            view all comments
            show comments
            read comments
            load more comments
            click to expand
            deine e-mail-adresse wird nicht veröffentlicht
            schreibe einen kommentar
            schreiben sie einen kommentar
            kommentar schreiben
            kommentare anzeigen
            votre adresse e-mail ne sera pas publiée
            laisser un commentaire
            laissez un commentaire
            tu dirección de correo electrónico no será publicada
            deja un comentario
            deja una respuesta
            o seu endereço de e-mail não será publicado
            deixe um comentário
            il tuo indirizzo email non sarà pubblicato
            lascia un commento
            je e-mailadres wordt niet gepubliceerd
            laat een reactie achter
            geef een reactie
            twój adres e-mail nie zostanie opublikowany
            dodaj komentarz
            e-posta adresiniz yayınlanmayacak
            yorum yap
            メールアドレスが公開されることはありません
            コメントを残す
            댓글 달기
            댓글을 남겨
            发表评论
            ваш адрес email не будет опубликован
            добавить комментарий
            لن يتم نشر عنوان بريدك
            اترك تعليق
        """,
        limit=200,
    ),
    Rule(
        "comment_controls",
        Kind.COMMENTS,
        whole="""
            comments
            comment
            reply
            replies
            report
            report comment
            flag
            quote
            like
            dislike
            upvote
            downvote
            newest first
            oldest first
            sort by newest
            sort by oldest
            kommentare
            kommentar
            antworten
            commentaires
            répondre
            comentarios
            comentários
            responder
            commenti
            rispondi
            reacties
            komentarze
            yorumlar
            комментарии
            コメント
            댓글
            评论
            التعليقات
        """,
        test=lambda text: _COUNT.match(text) is not None,
        needs=(_COUNT,),
        limit=80,
    ),
    Rule(
        "newsletter",
        Kind.NEWSLETTER,
        certain=True,
        whole="""
            subscribe
            sign up
            sign me up
            email address
            your email
            your email address
            email protected
            newsletter
            newsletters
            thank you for subscribing
            newsletter abonnieren
            jetzt abonnieren
            s'abonner
            s'inscrire
            suscríbete
            suscribirse
            iscriviti
            inschrijven
            zapisz się
        """,
        opens="""
            sign up for our
            sign up for the
            sign up to our
            sign up to receive
            sign up to get
            sign up now
            sign up today
            subscribe to our
            subscribe now
            subscribe today
            subscribe for free
            subscribe to get
            subscribe to the newsletter
            subscribe to newsletter
            join our newsletter
            join our mailing list
            join our email list
            get our newsletter
            get the newsletter
            get our free newsletter
            enter your email
            enter your e-mail
            enter email address
            by signing up
            by subscribing
            by submitting your
            by submitting this form
            by providing your email
            by entering your email
            please enter a valid email
            check your inbox
            oops! something went wrong
            thank you! your submission has been received
            stay up to date with our newsletter
            we care about your privacy
            unsubscribe at any time
            you can unsubscribe
            newsletter abonnieren
            melden sie sich für unseren newsletter
            abonnieren sie unseren newsletter
            abonnieren sie den newsletter
            jetzt zum newsletter
            inscrivez-vous à
            abonnez-vous à
            recevez notre newsletter
            suscríbete a
            suscríbase a
            inscreva-se
            assine nossa newsletter
            receba nossa newsletter
            iscriviti alla newsletter
            schrijf je in voor
            meld je aan voor de nieuwsbrief
            zapisz się na
            bültenimize
            メールマガジン
            뉴스레터 구독
            订阅我们的
            подпишитесь на
            اشترك في
        """,
        limit=240,
    ),
    Rule(
        "newsletter_pitch",
        Kind.NEWSLETTER,
        holds="""
            newsletter
            in your inbox
            to your inbox
            unsubscribe
            mailing list
            nieuwsbrief
            infolettre
            boletín
            メルマガ
            뉴스레터
        """,
        limit=240,
    ),
    Rule(
        "share_buttons",
        Kind.SHARE,
        certain=True,
        whole="""
            facebook
            instagram
            linkedin
            youtube
            tiktok
            pinterest
            whatsapp
            reddit
            bluesky
            telegram
            messenger
            flipboard
            share
            share this
            share this article
            share this story
            share this post
            share this page
            share on
            share via
            share with friends
            share options
            copy link
            copy url
            copied
            link copied
            link copied to clipboard
            email this
            email this article
            print this
            print article
            follow us
            connect with us
            social media
            tweet
            pin it
            save article
            bookmark
            teilen
            artikel teilen
            auf facebook teilen
            folgen sie uns
            per e-mail teilen
            link kopieren
            drucken
            merken
            partager
            partager cet article
            copier le lien
            suivez-nous
            imprimer
            compartir
            compartir en
            copiar enlace
            síguenos
            compartilhar
            siga-nos
            condividi
            seguici
            stampa
            delen
            deel dit artikel
            volg ons
            udostępnij
            paylaş
            bizi takip edin
            поделиться
            подписывайтесь
            シェアする
            シェア
            ツイート
            공유하기
            공유
            分享
            شارك
            مشاركة
            تابعنا
        """,
        opens="""
            share on facebook
            share on twitter
            share on x
            share on linkedin
            share to facebook
            share this with
            share this on
            share via email
            click to share
            click to email
            click to print
            facebook twitter
            facebook x
            twitter facebook
            follow us on
            follow me on
            connect with us on
            like us on facebook
            find us on
            auf facebook teilen
            auf x teilen
            auf twitter teilen
            partager sur
            compartir en facebook
            compartir en twitter
            condividi su
            deel op
            opens in new window
            opens in a new
        """,
        limit=120,
    ),
    Rule("share_counts", Kind.SHARE, test=lambda text: _SHARES.match(text) is not None, needs=(_SHARES,), limit=40),
    Rule(
        "advertisement",
        Kind.PROMO,
        certain=True,
        whole="""
            advertisement
            advertisements
            advertisement - scroll to continue
            advertising
            sponsored
            sponsored content
            story continues below advertisement
            story continues below
            article continues below
            scroll to continue
            continue reading below
            anzeige
            werbung
            publicité
            publicidad
            publicidade
            pubblicità
            advertentie
            reklama
            reklam
            реклама
            広告
            スポンサーリンク
            광고
            广告
            إعلان
            report this ad
            remove ads
            ad
        """,
        opens="""
            advertisement - story continues
            advertisement. scroll to
            article continues after
            article continues below
            story continues below
            story continues after
            continue reading below
            der artikel wird nach
            weiter nach der anzeige
            la suite après
            continua após
            lees verder onder
            tekst gaat verder onder
        """,
        limit=90,
    ),
    Rule(
        "subscription",
        Kind.PROMO,
        whole="""
            start free trial
            start your free trial
            get started
            try for free
            try it free
            buy now
            shop now
            add to cart
            add to basket
            add to wishlist
            learn more
            request a demo
            book a demo
            download now
            contact sales
            become a member
            subscribe now
            jetzt testen
            mehr erfahren
            in den warenkorb
            en savoir plus
            acheter
            más información
            scopri di più
        """,
        opens="""
            subscribe to continue
            subscribe to read
            this article is for subscribers
            to continue reading
            already a subscriber
            already have an account
            already a member
            don't have an account
            create a free account
            start your free
            free shipping on
            unlock this article
            jetzt weiterlesen
            sie haben bereits ein abo
            mit abo
            testen sie
            déjà abonné
            cet article est réservé aux abonnés
            réservé aux abonnés
            solo para suscriptores
            sei già abbonato
            al abonnee
            als abonnee
        """,
        limit=200,
    ),
    Rule(
        "appeal",
        Kind.APPEAL,
        opens="""
            donate now
            donate today
            donate to
            make a donation
            make a gift
            support our work
            support our journalism
            support independent journalism
            support us
            support quality journalism
            become a supporter
            help us keep
            if you value our
            please consider donating
            please consider supporting
            please donate
            we rely on readers
            we need your support
            jetzt spenden
            spenden sie
            unterstützen sie
            faites un don
            soutenez
            soutenez-nous
            haz una donación
            apóyanos
            dona ora
            sostieni
            doneer
            steun ons
            wesprzyj
            bağış yap
            поддержите
        """,
        whole="""
            donate
            spenden
            faire un don
            donar
            doar
            donazione
            doneren
        """,
        holds="""
            tax-deductible
            make a donation
            your donation
            your contribution
            reader-supported
            reader supported
        """,
        limit=300,
    ),
    Rule(
        "tweet",
        Kind.EMBED,
        certain=True,
        holds="""
            pic.twitter.com/
            view this post on instagram
            a post shared by
            this content is imported from
            you need to enable javascript
            please enable javascript
            your browser does not support
            javascript is disabled
            javascript is not available
            um diesen inhalt anzuzeigen
            empfohlener redaktioneller inhalt
            mit ihrer zustimmung wird hier ein externer inhalt
            an dieser stelle finden sie inhalte
        """,
        test=is_signed_post,
        needs=SIGNED_POST,
        limit=400,
    ),
    Rule(
        "player",
        Kind.EMBED,
        whole="""
            play video
            watch video
            watch now
            listen now
            play
            pause
            mute
            unmute
            now playing
            loading
            loading video
            video player is loading
            watch on youtube
            listen to this article
            listen to article
            artikel anhören
            écouter l'article
            escuchar
            ascolta
            luister
        """,
        limit=60,
    ),
    Rule("handle", Kind.EMBED, test=lambda text: _HANDLE.match(text) is not None, needs=(_HANDLE,), limit=32),
    Rule("bare_url", Kind.EMBED, test=lambda text: _URL.match(text) is not None, needs=(_URL,), limit=300),
    Rule(
        "related_heading",
        Kind.RELATED,
        certain=True,
        whole="""
            related articles
            related posts
            related stories
            related content
            related topics
            related news
            related reading
            related coverage
            related links
            you may also like
            you might also like
            you may also enjoy
            more stories
            more news
            more from
            most read
            most popular
            most viewed
            most commented
            must reads
            trending now
            trending stories
            top stories
            latest news
            latest stories
            latest articles
            recent posts
            recent articles
            popular posts
            popular articles
            recommended for you
            recommended reading
            recommended stories
            don't miss
            read next
            previous article
            next post
            previous post
            keep reading
            similar articles
            similar posts
            from the web
            around the web
            promoted stories
            paid content
            weitere artikel
            mehr zum thema
            lesen sie auch
            lesen sie mehr
            das könnte sie auch interessieren
            das könnte dich auch interessieren
            auch interessant
            meistgelesen
            meistgelesene artikel
            meist gelesen
            neueste artikel
            ähnliche artikel
            verwandte artikel
            verwandte themen
            à lire aussi
            lire aussi
            à lire également
            sur le même sujet
            les plus lus
            articles similaires
            articles liés
            dans la même rubrique
            vous aimerez aussi
            noticias relacionadas
            artículos relacionados
            te puede interesar
            lo más leído
            lo más visto
            más leídas
            más noticias
            le puede interesar
            últimas noticias
            leia também
            leia mais
            veja também
            mais lidas
            notícias relacionadas
            articoli correlati
            leggi anche
            potrebbe interessarti
            i più letti
            ultime notizie
            lees ook
            lees meer
            meest gelezen
            gerelateerde artikelen
            ook interessant
            czytaj także
            czytaj też
            zobacz także
            zobacz też
            przeczytaj także
            najczęściej czytane
            polecane
            ilgili haberler
            son haberler
            en çok okunanlar
            önerilen haberler
            читайте также
            по теме
            похожие статьи
            самое читаемое
            関連記事
            関連ニュース
            あわせて読みたい
            人気記事
            おすすめ記事
            アクセスランキング
            新着記事
            最新記事
            관련기사
            관련 기사
            인기기사
            많이 본 뉴스
            相关阅读
            相关文章
            相关新闻
            热门文章
            推荐阅读
            延伸閱讀
            相關新聞
            اقرأ أيضا
            اقرأ أيضًا
            اقرأ المزيد
            مواضيع ذات صلة
            أخبار ذات صلة
            الأكثر قراءة
        """,
        limit=60,
    ),
    Rule(
        "related_word",
        Kind.RELATED,
        whole="""
            related
            related products
            trending
            popular
            recommended
            latest
            up next
            must read
            editor's picks
            editors' picks
            editor's choice
            don't miss
            latest posts
            next article
            zum thema
        """,
        limit=60,
    ),
    Rule(
        "read_also",
        Kind.RELATED,
        opens="""
            read more
            read also
            also read
            read next
            see also
            related:
            related story
            more from
            more on
            don't miss
            recommended:
            you may also like
            you might also like
            click here to read
            lesen sie auch
            lesen sie mehr
            lesen sie hier
            lesen sie dazu
            mehr zum thema
            mehr dazu
            weitere informationen zum thema
            lire aussi
            lire également
            à lire aussi
            lea también
            lea además
            lee también
            le puede interesar
            te puede interesar
            te recomendamos
            leia também
            leia mais
            saiba mais
            veja também
            leggi anche
            lees ook
            lees meer
            lees verder
            bekijk ook
            czytaj także
            czytaj też
            czytaj więcej
            zobacz także
            przeczytaj też
            ayrıca okuyun
            ilgili haber
            читайте также
            les også
            läs också
            läs även
            læs også
            baca juga
            關連記事
            【関連記事】
            関連記事
            あわせて読みたい
            [관련기사]
            اقرأ أيضا
            اقرأ أيضًا
        """,
        limit=200,
    ),
    Rule(
        "site_map",
        Kind.NAVIGATION,
        whole="""
            home
            menu
            search
            close
            about
            about us
            contact
            contact us
            careers
            log in
            login
            sign in
            log out
            register
            my account
            help
            help center
            support
            sitemap
            site map
            main menu
            quick links
            view all
            see all
            show more
            load more
            see more
            all categories
            categories
            table of contents
            on this page
            next
            previous
            back
            more
            advertise
            advertise with us
            press
            newsroom
            archives
            archive
            startseite
            suche
            anmelden
            abmelden
            kontakt
            über uns
            mehr anzeigen
            alle anzeigen
            inhalt
            accueil
            rechercher
            connexion
            se connecter
            qui sommes-nous
            voir plus
            nous contacter
            inicio
            buscar
            iniciar sesión
            contacto
            quiénes somos
            ver más
            início
            entrar
            cerca
            accedi
            chi siamo
            contatti
            zoeken
            inloggen
            over ons
            strona główna
            szukaj
            zaloguj się
            ana sayfa
            anasayfa
            giriş yap
            iletişim
            hakkımızda
            главная
            поиск
            войти
            контакты
            ホーム
            検索
            ログイン
            お問い合わせ
            会社概要
            メニュー
            로그인
            회원가입
            검색
            전체메뉴
            首页
            登录
            搜索
            关于我们
            الرئيسية
            بحث
            تسجيل الدخول
            اتصل بنا
            من نحن
        """,
        test=lambda text: _BRACKETED_FORM.match(text) is not None,
        needs=(_BRACKETED_FORM,),
        limit=60,
    ),
    Rule(
        "about_author",
        Kind.AUTHOR_BIO,
        whole="""
            about the author
            about the authors
            author bio
            über den autor
            über die autorin
            zur person
            à propos de l'auteur
            sobre el autor
            sobre la autora
            sobre o autor
            l'autore
            over de auteur
            o autorze
            yazar hakkında
            об авторе
            この記事を書いた人
            著者プロフィール
            关于作者
        """,
        opens="""
            about the author
            view all posts by
            more by
            more posts by
            all posts by
            follow the author
            contact the author
            reach the author
            email the author
        """,
        limit=120,
    ),
    Rule(
        "author_line",
        Kind.AUTHOR_BIO,
        holds="""
            is a staff writer
            is a freelance writer
            is a freelance journalist
            is a senior writer
            is a senior reporter
            is a contributing
            is a reporter for
            is a reporter at
            is an editor at
            is a journalist
            is the author of
            is a columnist
            is a correspondent
            she writes about
            he writes about
            they write about
            can be reached at
            follow him on
            follow her on
            follow them on
        """,
        limit=400,
    ),
    Rule(
        "read_time",
        Kind.DATE,
        certain=True,
        test=lambda text: _READ_TIME.match(text) is not None,
        needs=(_READ_TIME,),
        limit=60,
    ),
    Rule("age", Kind.DATE, test=is_ago, needs=(_AGO_WORD,), limit=40),
    Rule("credit", Kind.CAPTION, test=is_credit, needs=CREDITS, limit=400),
)
"""Tried from the top; the first that fits names the line."""


def _index() -> tuple[dict[str, int], dict[str, list[tuple[str, int]]], list[tuple[str, int]], list[int]]:
    whole: dict[str, int] = {}
    opens: dict[str, list[tuple[str, int]]] = defaultdict(list)
    holds: list[tuple[str, int]] = []
    tests: list[int] = []
    for order, rule in enumerate(RULES):
        for phrase in phrases(rule.whole):
            whole.setdefault(key(phrase), order)
        for phrase in phrases(rule.opens):
            folded = key(phrase)
            opens[folded[:2]].append((folded, order))
        holds += [(phrase.casefold(), order) for phrase in phrases(rule.holds)]
        if rule.test is not None:
            tests.append(order)
    return whole, dict(opens), holds, tests


_WHOLE, _OPENS, _HOLDS, _TESTS = _index()
_HELD: Final = tuple(tuple(phrase for phrase, other in _HOLDS if other == order) for order in range(len(RULES)))
"""The phrases that lines of each rule hold."""
_SHORTEST_HELD: Final = 8
"""The shortest phrases that lines hold have so many letters."""


def recognise(text: str) -> Rule | None:
    """The first rule that fits a line, or None. ``text`` is the normalised line."""
    if not text or len(text) > MOST_CHARACTERS:
        return None
    folded = key(text)
    fits = [order for order in _TESTS if len(text) <= RULES[order].limit and _passes(order, text)]
    found = _WHOLE.get(folded)
    if found is not None:
        fits.append(found)
    for phrase, order in _OPENS.get(folded[:2], ()):
        if len(text) <= RULES[order].limit and folded.startswith(phrase) and _ends_word(folded, phrase):
            fits.append(order)
    if len(folded) >= _SHORTEST_HELD:
        fits += [order for phrase, order in _HOLDS if phrase in folded and len(text) <= RULES[order].limit]
    return RULES[min(fits)] if fits else None


@lru_cache(maxsize=1 << 15)
def recognise_among(text: str, worth: int) -> Rule | None:
    """What ``recognise`` says, told which rules may fit; remembered, since sites repeat their menus on every page.

    :param worth: bits of these rules, the first rule's the lowest, as ``screen`` has seen them in the line.
    """
    if not text or len(text) > MOST_CHARACTERS:
        return None
    folded = key(text)
    found = _WHOLE.get(folded, len(RULES))
    worth &= (1 << found) - 1  # of several that fit the first counts
    while worth:
        lowest = worth & -worth
        worth ^= lowest
        order = lowest.bit_length() - 1
        if _fits(order, text, folded):
            return RULES[order]
    return RULES[found] if found < len(RULES) else None


def _passes(order: int, text: str) -> bool:
    test = RULES[order].test
    return test is not None and test(text)


def _fits(order: int, text: str, folded: str) -> bool:
    """Whether a rule's test, openings or phrases fit a line."""
    rule = RULES[order]
    if len(text) > rule.limit:
        return False
    if rule.test is not None and rule.test(text):
        return True
    for phrase, other in _OPENS.get(folded[:2], ()):
        if other == order and folded.startswith(phrase) and _ends_word(folded, phrase):
            return True
    return len(folded) >= _SHORTEST_HELD and any(map(folded.__contains__, _HELD[order]))


def _ends_word(folded: str, phrase: str) -> bool:
    """Whether a word ends with the phrase; scripts without spaces have no such ends."""
    after = folded[len(phrase) : len(phrase) + 1]
    return not after.isalpha() or phrase[-1] > "\u2e7f"
