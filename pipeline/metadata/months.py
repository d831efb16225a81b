# ruff: noqa: E501 - one language a line, twelve columns
"""Names of months and weekdays as sites print them, folded, for looking up single words.

The languages: en de fr es it pt nl pl tr sv da no fi cs hu ro ru uk el ar he hi id (Vietnamese, Japanese, Korean and
Chinese number their months). Genitives stand beside nominatives because dates use the genitive in Slavic, Greek
and Finnish. A test compares the table with the one that ``dateparser`` carries.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache


class _Fold(dict[int, int]):
    """Translation table, filled as characters are met: lower case without diacritics, one character for one.

    One for one, so that positions in the folded text are positions in the text itself.
    """

    def __missing__(self, code: int) -> int:
        lower = chr(code).lower()
        # Hangul and kana decompose into parts that are letters, not marks; they have no case either.
        base = lower if 0x3040 <= code <= 0xD7FF else unicodedata.normalize("NFKD", lower)
        kept = [c for c in base if not unicodedata.combining(c)]
        folded = ord(kept[0]) if len(kept) == 1 else (ord(lower) if len(lower) == 1 else code)
        if chr(folded).isdecimal():
            folded = ord("0") + unicodedata.decimal(chr(folded))
        elif chr(folded).isspace():
            folded = 0x20
        self[code] = folded
        return folded


_FOLD = _Fold({ord("ı"): ord("i"), ord("ł"): ord("l"), ord("ø"): ord("o"), ord("đ"): ord("d"), ord("’"): ord("'")})
_FOLD.update({ord("Ł"): ord("l"), ord("Ø"): ord("o"), ord("Đ"): ord("d"), ord("İ"): ord("i"), ord("ς"): ord("σ")})


def fold(text: str) -> str:
    """``text`` in lower case without diacritics, digits in ASCII, every white space a plain space; same length."""
    return text.lower() if text.isascii() and text.isprintable() else text.translate(_FOLD)


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(words.split())


_MONTHS = """
january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct november/nov december/dec
januar/jänner/jaenner/jän februar/feber märz/mär/mrz/maerz april mai juni juli august september oktober/okt november dezember/dez
janvier/janv février/févr/fév mars avril/avr mai juin juillet/juil août septembre octobre novembre décembre/déc
enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre/set octubre noviembre diciembre/dic
gennaio/gen/genn febbraio/febb marzo aprile maggio/mag/magg giugno/giu luglio/lug/lugl agosto settembre/sett ottobre/ott novembre dicembre
janeiro fevereiro/fev março abril maio junho julho agosto setembro outubro/out novembro dezembro
januari februari maart/mrt april mei juni juli augustus september oktober november december
stycznia/styczeń/sty lutego/luty/lut marca/marzec kwietnia/kwiecień/kwi maja/maj czerwca/czerwiec/cze lipca/lipiec/lip sierpnia/sierpień/sie września/wrzesień/wrz października/październik/paź listopada/listopad/lis grudnia/grudzień/gru
ocak/oca şubat/şub mart nisan/nis mayıs haziran/haz temmuz/tem ağustos/ağu eylül/eyl ekim/eki kasım/kas aralık/ara
januari februari mars april maj juni juli augusti september oktober november december
januar februar marts april maj juni juli august september oktober november december
januar februar mars april mai juni juli august september oktober november desember/des
tammikuuta/tammikuu/tammi helmikuuta/helmikuu/helmi maaliskuuta/maaliskuu/maalis huhtikuuta/huhtikuu/huhti toukokuuta/toukokuu/touko kesäkuuta/kesäkuu/kesä heinäkuuta/heinäkuu/heinä elokuuta/elokuu/elo syyskuuta/syyskuu/syys lokakuuta/lokakuu/loka marraskuuta/marraskuu/marras joulukuuta/joulukuu/joulu
ledna/leden února/únor března/březen dubna/duben května/květen června/červen července/červenec srpna/srpen září října/říjen listopadu/listopad prosince/prosinec
január február/febr március/márc április/ápr május/máj június/jún július/júl augusztus szeptember/szept október november december
ianuarie/ian februarie martie aprilie mai iunie/iun iulie/iul august septembrie octombrie noiembrie/noi decembrie
января/январь/янв февраля/февраль/фев/февр марта/март/мар апреля/апрель/апр мая/май июня/июнь/июн июля/июль/июл августа/август/авг сентября/сентябрь/сен/сент октября/октябрь/окт ноября/ноябрь/ноя/нояб декабря/декабрь/дек
січня/січень/січ лютого/лютий/лют березня/березень/бер квітня/квітень/кві травня/травень/тра червня/червень/чер липня/липень/лип серпня/серпень/сер вересня/вересень/вер жовтня/жовтень/жов листопада/листопад/лис грудня/грудень/гру
ιανουαρίου/ιανουάριος/ιαν φεβρουαρίου/φεβρουάριος/φεβ μαρτίου/μάρτιος/μαρ απριλίου/απρίλιος/απρ μαΐου/μάιος/μαϊ ιουνίου/ιούνιος/ιουν ιουλίου/ιούλιος/ιουλ αυγούστου/αύγουστος/αυγ σεπτεμβρίου/σεπτέμβριος/σεπ/σεπτ οκτωβρίου/οκτώβριος/οκτ νοεμβρίου/νοέμβριος/νοε δεκεμβρίου/δεκέμβριος/δεκ
يناير/جانفي/كانونـالثاني فبراير/شباط/فيفري مارس/آذار أبريل/نيسان/أفريل مايو/أيار/ماي يونيو/يونيه/حزيران/جوان يوليو/يوليه/تموز/جويلية أغسطس/آب/أوت سبتمبر/أيلول أكتوبر/تشرينـالأول نوفمبر/تشرينـالثاني ديسمبر/كانونـالأول
ינואר/בינואר פברואר/בפברואר מרץ/מרס/במרץ/במרס אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר
जनवरी फरवरी/फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर/सितम्बर अक्टूबर/अक्तूबर नवंबर/नवम्बर दिसंबर/दिसम्बर
januari februari/peb maret april mei juni juli agustus/agu/ags september oktober november desember
"""

_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom
lunedì martedì mercoledì giovedì venerdì sabato domenica gio
segunda terça quarta quinta sexta feira segunda-feira terça-feira quarta-feira quinta-feira sexta-feira seg ter qua qui sex
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
poniedziałek wtorek środa czwartek piątek sobota niedziela pon wt śr czw pt sob niedz nd
pazartesi salı çarşamba perşembe cuma cumartesi pazar pzt çar per cmt paz
måndag tisdag onsdag torsdag fredag lördag söndag mån tis ons tors tor fre lör sön
mandag tirsdag lørdag søndag man tir lør søn
maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai maanantaina tiistaina keskiviikkona torstaina perjantaina
lauantaina sunnuntaina ti ke to pe la su
pondělí úterý středa čtvrtek pátek neděle
hétfő kedd szerda csütörtök péntek szombat vasárnap
luni marți miercuri joi vineri sâmbătă duminică
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
понеділок вівторок четвер пятниця п'ятниця субота неділя нд
δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή δευ τρι τετ πεμ παρ σαβ κυρ
الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
שני שלישי רביעי חמישי שישי שבת ראשון יום
सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
senin selasa rabu kamis jumat jum'at sabtu minggu
thứ hai ba tư năm sáu bảy chủ nhật
월요일 화요일 수요일 목요일 금요일 토요일 일요일 월 화 수 목 금 토 일
"""


@lru_cache(maxsize=1)
def month_numbers() -> dict[str, int]:
    """Folded month name -> 1 to 12."""
    table: dict[str, int] = {}
    for row in _MONTHS.split("\n"):
        for number, names in enumerate(row.split(), start=1):
            for name in names.split("/"):
                if table.setdefault(fold(name), number) != number:
                    raise ValueError(f"{name!r} names two months")
    return table


@lru_cache(maxsize=1)
def weekday_names() -> frozenset[str]:
    """Folded weekday names and their usual abbreviations."""
    return frozenset(fold(word) for word in _WEEKDAYS.split())
