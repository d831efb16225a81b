"""Words that name a part of a page, by part, in some 25 languages: general vocabulary of web sites, from no page.

A word that stands in two groups belongs to the first. The order of the groups is the order of columns in the weights.
"""
# ruff: noqa: E501  (lists of words read better as rows than as columns)

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from pipeline.label.network.codepoints import Bytes, Class, Hashes, Salt, classify, mix, powers

PARTS: Final = {
    "read_also": """
        also related recommended similar lire aussi voir également siehe auch weiterlesen lesen mehr leer también además lea relacionado relacionada
        relacionados relacionadas leggi anche altro leia também saiba lees ook meer les også läs också læs desuten lue myös czytaj także również přečtěte
        čtěte také olvasd citeste citește читайте также читать ещё еще по теме читайте також ilgili ayrıca oku devamını baca juga terkait simak xem thêm đọc
        関連 記事 相关 相關 推荐 推薦 阅读 閱讀 延伸 관련기사 관련 추천 اقرأ أيضا أيضًا المزيد קרא קראו עוד διαβάστε επίσης σχετικά прочетете още zobacz więcej więcej tags themen thema
        dossier
    """,
    "subscribe": """
        subscribe subscription subscriptions subscriber subscribers abonnieren abonnement abonnements abo abos abonnent abonnenten abonnez abonnés abonné
        abonner suscríbete suscribirse suscripción suscriptores suscriptor abbonati abbonamento abbonamenti assine assinar assinatura assinantes assinante
        abonneer abonnees abonner prenumerera prenumeration prenumerant tilaa tilaajille tilaus subskrybuj prenumerata předplatné előfizetés abonează подписка
        подписаться подпишитесь подписчиков передплата abone aboneler berlangganan langganan 購読 会員 登録 有料 订阅 訂閱 会员 會員 구독 구독하기 اشترك اشتراك מנוי מנויים הרשמה
        εγγραφή συνδρομή абонамент plus premium membership member members mitglied
    """,
    "newsletter": """
        newsletter newsletters inbox email e-mail mail courriel correo boletín boletines nieuwsbrief nyhetsbrev nyhedsbrev uutiskirje biuletyn hírlevél
        рассылка рассылку розсилка bülten buletin メルマガ メール 邮件 郵件 邮箱 뉴스레터 이메일 نشرة النشرة البريد ניוזלטר דוא ενημερωτικό alerts postfach
    """,
    "share": """
        share shares sharing teilen partager partagez compartir comparte condividi compartilhar compartilhe delen deel dela jaa dele udostępnij sdílet
        megosztás distribuie поделиться поделись поделитесь поділитися paylaş bagikan chia sẻ シェ 分享 共有 공유 공유하기 شارك مشاركة שתפו שתף שיתוף κοινοποίηση сподели
        facebook twitter whatsapp instagram linkedin telegram youtube pinterest tiktok reddit messenger threads bluesky mastodon xing viber line weibo wechat
        tumblr flipboard
    """,
    "copylink": """
        copy link print drucken imprimer imprimir stampa afdrukken skriv ut tulosta drukuj печать распечатать yazdır cetak in 印刷 打印 인쇄 طباعة הדפסה kopieren
        copier copiar copia merken speichern bookmark save
    """,
    "follow": """
        follow following folgen folge suivez suivre suivez síguenos seguir sigue seguici segui siga acompanhe volg følg följ seuraa obserwuj sledujte kövess
        urmărește подписывайтесь следите takip ikuti theo dõi フォ 关注 關注 팔로우 تابع تابعنا עקבו ακολουθήστε последвайте
    """,
    "comments": """
        comment comments commenting reply replies respond kommentar kommentare kommentieren antworten antwort commentaire commentaires commenter répondre
        comentario comentarios comentar responder respuestas commento commenti commenta rispondi comentário comentários reactie reacties reageer reageren
        kommentarer kommentera svar svara kommentit kommentti vastaa komentarz komentarze komentarzy odpowiedz komentář komentáře diskuse hozzászólás
        comentarii răspunde комментарий комментарии комментариев ответить коментарі коментар yorum yorumlar yorumu cevapla komentar balas bình luận コメ 返信 评论
        評論 留言 回复 回覆 댓글 답글 تعليق تعليقات التعليقات رد תגובה תגובות הגב σχόλια σχόλιο απάντηση debatte diskutieren diskussion discussion forum netiquette upvote
        votes moderation
    """,
    "says": """
        says said writes wrote posted sagt schreibt schrieb dit écrit dice escribió dijo scrive zegt schrijft skriver säger sanoo kirjoittaa pisze říká napsal
        ír spune пишет говорит yazdı dedi
    """,
    "posted": """
        published posted updated modified veröffentlicht aktualisiert erstellt stand publié publiée actualisé modifié publicado publicada actualizado
        actualizada pubblicato aggiornato atualizado gepubliceerd bijgewerkt geplaatst publicerad uppdaterad publisert oppdatert opdateret julkaistu
        päivitetty opublikowano aktualizacja publikováno aktualizováno frissítve publicat actualizat опубликовано обновлено опубліковано оновлено yayınlanma
        güncelleme giriş diterbitkan diperbarui cập nhật 公開 更新 掲載 发布 發布 发表 發表 입력 수정 업데이트 نشر تحديث פורסם עודכן δημοσίευση ενημέρωση
    """,
    "ago": """
        ago hours hour minutes minute min mins days day weeks week months years vor stunden stunde minuten tagen tag uhr il heures heure minutes jours hace
        horas hora minutos días fa ore minuti giorni há atrás dias geleden uur dagen sedan timmar dagar siden timer dager dage sitten tuntia päivää temu
        godzin dni před hodin órája часов часа назад минут дней годин тому önce saat dakika gün yang lalu jam menit giờ trước phút 時間 分前 日前 小时 小時 分钟 分鐘 天前 시간
        전 분 일 منذ ساعة ساعات دقيقة לפני שעות דקות πριν ώρες λεπτά
    """,
    "read_time": """
        read reading lesezeit lesedauer lecture lectura lettura leitura leestijd lästid lukuaika czytania čtení чтения okuma dakikada baca đọc 読了 阅读 분량 قراءة
        קריאה ανάγνωσης
    """,
    "month": """
        january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec januar februar
        märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo
        junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro
        março maio junho julho setembro outubro novembro dezembro januari februari maart mei augustus tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta
        kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta stycznia lutego marca kwietnia maja czerwca lipca sierpnia września
        października listopada grudnia ledna února března dubna května června července srpna září října listopadu prosince января февраля марта апреля мая
        июня июля августа сентября октября ноября декабря січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня ocak şubat
        nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık maret agustus desember tháng يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر
        نوفمبر ديسمبر בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου
        ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
    """,
    "weekday": """
        monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun montag dienstag mittwoch donnerstag freitag samstag sonntag lundi
        mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato
        domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag poniedziałek
        wtorek środa czwartek piątek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье pazartesi salı çarşamba perşembe cuma
        cumartesi pazar
    """,
    "by": """
        by von par por di de door av af af autor autorin autore auteur author authors text texte redaktion redakteur redakteurin rédaction redacción redazione
        redação redactie redaktör redaktionen toimittaja toimitus redakcja redakce szerkesztő автор редакция редактор yazar editör haber penulis editor tác
        giả 記者 作者 记者 編集 编辑 責任 기자 كتب بقلم محرر המערכת מאת צוות συντάκτης reporter correspondent korrespondent staff contributor journalist journaliste
        periodista giornalista jornalista verslaggever
    """,
    "photo": """
        photo photos image images picture foto fotos bild bilder bildrechte quelle source credit credits crédit crédits fuente imagen imágenes archivo
        immagine imagem beeld kuva zdjęcie fot fotografie kép фото изображение источник fotoğraf görsel ảnh 写真 撮影 提供 图片 圖片 来源 來源 사진 제공 صورة المصدر צילום תמונה
        φωτογραφία getty reuters afp dpa ap shutterstock imago istock unsplash alamy epa ansa efe video videos galerie gallery galería galleria
    """,
    "rights": """
        copyright rights reserved rechte vorbehalten droits réservés derechos reservados diritti riservati direitos rechten voorbehouden rättigheter
        förbehålls rettigheter forbeholdes oikeudet pidätetään prawa zastrzeżone práva vyhrazena jog fenntartva drepturi rezervate права защищены захищені
        hakları saklıdır hak cipta bản quyền 著作 転載 無断 版权 版權 转载 轉載 저작권 무단전재 무단 حقوق محفوظة זכויות שמורות δικαιώματα
    """,
    "legal": """
        privacy terms conditions cookie cookies policy imprint impressum datenschutz datenschutzerklärung agb nutzungsbedingungen mentions légales
        confidentialité cgu cgv aviso privacidad condiciones política note legali informativa privacidade termos voorwaarden integritetspolicy personvern
        tietosuoja käyttöehdot regulamin polityka prywatności ochrana soukromí adatvédelem confidențialitate конфиденциальности соглашение политика gizlilik
        çerez kullanım koşulları privasi kebijakan ketentuan 規約 利用 プラ 隐私 隱私 条款 條款 개인정보 이용약관 약관 الخصوصية شروط פרטיות תנאי תקנון απόρρητο όροι accessibility
        barrierefreiheit consent gdpr disclaimer
    """,
    "contact": """
        contact contacts about kontakt über uns contacto contato quiénes somos contatti chi siamo sobre nós om oss yhteystiedot kontakty kapcsolat despre
        контакты о нас iletişim hakkımızda kontak tentang liên hệ 問合 会社 概要 联系 聯絡 关于 關於 문의 회사소개 اتصل من نحن צור קשר אודות επικοινωνία careers jobs karriere
        carrières empleo lavoro vagas advertise advertising werben mediadaten publicité publicidad pubblicità publicidade adverteren annonsera reklama реклама
        reklam iklan 広告 广告 廣告 광고 إعلان إعلانات פרסום διαφήμιση anzeige anzeigen annonce annonces sponsored sponsorisé patrocinado werbung advertisement
    """,
    "login": """
        login log sign signin signup register registration account password anmelden anmeldung registrieren einloggen konto passwort connexion connecter
        connectez inscrire inscription compte iniciar sesión registrarse cuenta entrar accedi accesso registrati inloggen aanmelden registreren logga logg
        kirjaudu rekisteröidy zaloguj rejestracja přihlásit registrace bejelentkezés войти вход регистрация увійти giriş üye kayıt masuk daftar đăng nhập ký
        ログ 登录 登錄 登入 注册 註冊 로그인 회원가입 تسجيل الدخول התחברות התחבר הירשם σύνδεση profile profil logout
    """,
    "menu": """
        menu search home homepage skip navigation close open suche startseite schließen öffnen recherche accueil fermer rechercher buscar inicio menú cerrar
        cerca chiudi início fechar zoeken sluiten sök hem stäng søk hjem lukk haku etusivu sulje szukaj główna zamknij hledat domů zavřít keresés főoldal
        kezdőlap căutare поиск главная закрыть меню пошук головна ara arama anasayfa kapat cari beranda tutup tìm kiếm chủ 検索 閉じ トッ 搜索 搜尋 首页 首頁 关闭 關閉 검색 홈 메뉴
        닫기 بحث الرئيسية القائمة חיפוש תפריט ראשי αναζήτηση αρχική μενού back zurück retour volver next previous weiter suivant précédent siguiente anterior
        newer older page loading load show view all more see top nach oben
    """,
    "popular": """
        popular trending latest most top meistgelesen beliebt neueste aktuell neuesten populaires récents derniers dernières lus vistas leído leídas últimas
        últimos populares lette recenti ultime notizie lidas recentes gelezen laatste nieuwste populair populärt senaste siste mest luetuimmat uusimmat
        najnowsze popularne nejčtenější nejnovější legfrissebb recente популярное последние новости свежие популярні останні новини son dakika popüler çok
        okunan terpopuler terbaru terkini mới nhất ランキ 人気 最新 新着 热门 熱門 最新 인기 최신 많이 본 الأكثر أحدث أخبار נקראות חדשות δημοφιλή τελευταία editors picks choice
        highlights
    """,
    "donate": """
        donate donation donations support supporter donors spenden spende unterstützen unterstütze unterstützung soutenez soutenir don dons faire donar dona
        apoya donazione sostieni sostienici doe apoie doneer steun donera stöd støtt lahjoita wesprzyj wspieraj podpořte támogass támogatás donează susține
        пожертвовать поддержите поддержать підтримати bağış destek donasi dukung ủng hộ 寄付 支援 捐款 捐赠 捐贈 赞助 후원 기부 تبرع ادعم תרומה תרמו δωρεά crowdfunding
        patreon paypal
    """,
    "bio": """
        author writer editor freelance founder ceo lives born journalist redakteur redakteurin autorin studierte volontariat journaliste diplômé periodista
        licenciado giornalista laureato jornalista formado journaliste schrijver dziennikarz absolwent журналист выпускник gazeteci lulusan
    """,
    "product": """
        price cart buy shop add basket checkout order shipping delivery stock sale discount deal preis kaufen warenkorb bestellen lieferung versand rabatt
        prix acheter panier commander livraison precio comprar carrito envío oferta prezzo acquista carrello spedizione preço comprar carrinho frete prijs
        kopen winkelwagen pris köp kjøp hinta osta cena kup koszyk koupit košík ár kosár preț купить цена корзину доставка fiyat satın sepet harga beli giá
        mua 価格 購入 カー 价格 價格 购买 購買 가격 구매 장바구니 سعر شراء מחיר קנה סל τιμή αγορά rating ratings reviews review stars bewertung avis reseñas recensioni
    """,
    "app": """
        app apps download downloads android ios iphone google play store herunterladen télécharger descargar scarica baixar downloaden ladda aplikacja скачать
        indir unduh tải アプ 下载 下載 앱 다운로드 تحميل تطبيق הורד εφαρμογή podcast podcasts audio listen anhören écouter escuchar ascolta ouvir luister kuuntele
        słuchaj poslechnout слушать dinle dengarkan nghe
    """,
}
"""Name of a part of a page -> its words."""
_SLOT_BITS: Final = 18
NONE: Final = 255
"""Stands for no part."""


def part_of_word() -> dict[str, int]:
    """Word -> number of its part. Single characters name nothing."""
    found: dict[str, int] = {}
    for number, words in enumerate(PARTS.values()):
        for word in words.split():
            if len(word) >= 2:
                found.setdefault(word.lower(), number)
    return found


def parts_of(hashes: Hashes) -> Bytes:
    """Number of the part that each word names, or ``NONE``; (n,). Words are given by hash, as ``features`` makes it."""
    keys, values = table()
    slots = _slots(hashes)
    return np.where(keys[slots] == hashes, values[slots], np.uint8(NONE))


@cache
def table() -> tuple[Hashes, Bytes]:
    """Hash and part by slot. A word whose slot is taken is left out: the weights were fitted so."""
    keys = np.zeros(1 << _SLOT_BITS, dtype=np.uint64)
    values = np.full(1 << _SLOT_BITS, NONE, dtype=np.uint8)
    for word, part in part_of_word().items():
        hashed = _hash_of(word)
        slot = _slots(hashed)
        if values[slot] == NONE:
            keys[slot], values[slot] = hashed, part
    return keys, values


def _slots(hashes: Hashes) -> Hashes:
    return hashes & np.uint64((1 << _SLOT_BITS) - 1)


def _hash_of(word: str) -> Hashes:
    """Hash of a word as it stands in a line, (1,); in scripts without blanks, of its first pair of characters."""
    kinds, forms = classify(np.frombuffer(word.encode("utf-32-le"), dtype=np.uint32))
    if kinds[0] == Class.DENSE:
        first, second = mix(forms[:2] + np.uint64(1), Salt.WORD)
        return mix(np.array([first], dtype=np.uint64) * np.uint64(3) + second, Salt.PAIR)
    value = ((forms + np.uint64(1)) * powers(len(forms))[: len(forms)]).sum(dtype=np.uint64)
    return mix(np.array([value], dtype=np.uint64), Salt.WORD)
