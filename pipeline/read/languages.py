"""What the letters of a language look like: the evidence by which legacy encodings are told apart.

A byte above 0x7F says nothing by itself; the letter that a codec makes of it does, if it is one that the language
writes, where the language writes it. Letters stand most frequent first, function words are the commonest short words.
Both are general knowledge of each language, not counted from any corpus.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """Evidence for one language."""

    name: str
    codecs: tuple[str, ...]
    """Codecs that text in it was written in, the commonest first."""
    letters: str
    """Letters outside ASCII, lower case, the most frequent first."""
    words: frozenset[str]


def _language(name: str, codecs: str, letters: str, words: str) -> Language:
    return Language(name, tuple(codecs.split()), letters, frozenset(words.split()))


# Only encodings that browsers know (WHATWG Encoding Standard): no page was ever published in the others.
_WESTERN = "cp1252 iso8859_15 mac_roman"
_CENTRAL = "cp1250 iso8859_2"
_BALTIC = "cp1257 iso8859_13"
_CYRILLIC = "cp1251 koi8_r iso8859_5 cp866 mac_cyrillic"

LANGUAGES: tuple[Language, ...] = (
    _language("en", _WESTERN, "éèñöüïçáâêóíàäôûëå", "the of and to in is was for that on with as his her from this"),
    _language("fr", _WESTERN, "éèàêçùôîâûëïœü", "le la les de des et en un une du que qui dans pour est sur pas au"),
    _language(
        "de", _WESTERN, "üäößéèà", "der die das und in den von zu mit sich des auf für ist im dem nicht ein eine"
    ),
    _language("es", _WESTERN, "óíáéñúü¿¡ºª", "el la de que y en los del se las por un para con una su al no más"),
    _language(
        "pt", _WESTERN, "ãçéáóêíõúâôàºª", "o a de que e do da em um para com uma os no se na por mais as dos não"
    ),
    _language("it", _WESTERN, "èàùòéìî", "di che e la il un a per in una del con non si della dei sono le gli nel"),
    _language("nl", _WESTERN, "ëéïèöüóê", "de het een van en in is dat op te zijn met voor niet aan er om ook"),
    _language("sv", _WESTERN, "äåöéüà", "och i att det som en på är av för med till den har de inte ett om"),
    _language("da", _WESTERN, "øåæéöäü", "og i at det er en til af på for med den de har ikke som et der"),
    _language("fi", _WESTERN, "äöåéšž", "ja on ei se että oli hän mutta joka ovat myös kun niin sen mukaan"),
    _language("is", _WESTERN, "íáæðöúóéþýü", "og að í er á sem til um var við með en ekki fyrir það"),
    _language("ca", _WESTERN, "àéèòíóçúüï·", "el la de que i en els del les per un amb una al no és"),
    _language("pl", _CENTRAL, "łąęóżśćńź", "w i na z do nie się jest to że o jak po za od przez dla są tym"),
    _language("cs", _CENTRAL, "íáéěřžčšýůúňóťď", "a v se na je že s z do o i k za ve jsou po by který pro"),
    _language("sk", _CENTRAL, "áíéčžšýúľťňôóďäŕĺ", "a v sa na je že s z do o aj k za vo sú po by ktorý pre"),
    _language("hu", _CENTRAL, "áéőóöíüúű", "a az és hogy nem is egy volt ez meg csak már még el de van"),
    _language("ro", _CENTRAL, "ăîţşâșț", "de şi în a la cu pe care din nu o un să este mai pentru sau au"),
    _language("hr", _CENTRAL, "čšžćđ", "i u je na se da su za od s koji o ne kao bi to iz"),
    _language("tr", "cp1254", "ışğçöüâîİ", "ve bir bu için de da ile çok olarak daha ne gibi olan kadar"),
    _language("et", _BALTIC, "äõüöšž", "ja on ei et see oli ta mis kui ka ning aga oma selle"),
    _language("lv", _BALTIC, "āīēšūņļģķžč", "un ir ar no uz par ka kas tas bet lai arī vai pie"),
    _language("lt", _BALTIC, "ėįšųžąęčū", "ir kad iš į su tai bet kaip yra po apie buvo jo už"),
    _language(
        "vi",
        "cp1258",
        "đưôơâàêăáíó\u0301\u0300\u0309\u0303\u0323úùéèòãìịọộếấầảạ",
        "và là có của cho không người trong một được các với này khi",
    ),
    _language("ru", _CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "и в не на что с по как из за от это для его но"),
    _language(
        "uk",
        "cp1251 koi8_u iso8859_5 mac_cyrillic",
        "оанивітерсклдупмзьяйбгчшхжцюєїщфґ",
        "і в на що з не до та як за у це для від але про",
    ),
    _language("bg", _CYRILLIC, "аоиетнрсвлкдпмзугяъбчцйжщшфхюь", "и на да се в за от не с е са по че като"),
    _language("be", _CYRILLIC, "анрыістеолькядўупмвзгцбйчхэюшжёф", "і ў на не з што да як за па у гэта"),
    _language(
        "sr", "cp1251 iso8859_5 mac_cyrillic", "аиоентсрјувклпмдзгбшчцњжљхћђфџ", "и у је на се да су за од са који о"
    ),
    _language(
        "mk", "cp1251 iso8859_5 mac_cyrillic", "аоиетнрсвдкплујмзгбчштцжќфњхџѓљѕ", "и на да во се од за со не што е ќе"
    ),
    _language("el", "cp1253 iso8859_7", "ατοειησνρπκμλυόςίάέγδήωχθύφβξώζψϊϋΐ", "και το να του της η ο την με για"),
    _language("he", "cp1255 iso8859_8", "יוהלאתרבמשנעםחדפקכגטצןסזךץף", "של את על לא זה עם הוא גם כי או היא"),
    _language(
        "ar", "cp1256 iso8859_6", "المينرتوبعدسفهكقحجأشطصىخةإضذثزءغئآظؤ،؟", "في من على إلى أن عن مع هذا التي ما لا"
    ),
    _language("fa", "cp1256", "اینردهمتوشبلکسگزقخفعجپحآصطضچغثذژظئءأ،؟ك", "و در به از که این را با است برای آن"),
    _language("th", "cp874", "านรกอเงมยลวดทส่ต้ปบคหะแจพชขใไ็ีัิ์โผำณุูถซศภึืญธษฟ", ""),
    _language(
        "zh",
        "gb18030",
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成"
        "方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工"
        "使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信"
        "，。、：；？！（）《》“”",
        "",
    ),
    _language(
        "zh-hant",
        "big5hkscs",
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成"
        "方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日軍者意無力它與長把機十民第公此已工"
        "使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信"
        "，。、：；？！（）《》「」",
        "",
    ),
    _language(
        "ja",
        "cp932 euc_jp",
        "のにはたをがでとしてい、。るなっらもかりれすまこさきうんそくあよけせどだえつめわじおばみちやろ"
        "ンースルトイアラリクドッタレコフシジテプロマキメカサムバ日一人年大国会本中出時「」（）",
        "",
    ),
    _language(
        "ko",
        "cp949",
        "이다는에의가을를은고지하로한서도사기리나자어인시아수정대있일해보으라부그들전만것주장상관한국제공스",
        "",
    ),
)
