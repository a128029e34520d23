"""Words that are habit rather than identity: titles, legal forms, short forms of names."""


def word_set(text: str) -> frozenset[str]:
    """Read words apart by spaces into a set."""
    return frozenset(text.split())


def pairs(text: str) -> dict[str, str]:
    """Read "mgmt=management aust=australia" into a mapping."""
    return dict(pair.split("=", 1) for pair in text.split())


TITLES = word_set(
    """mr mrs ms miss mx dr prof professor rev reverend fr sir dame lady lord hon capt captain col
    gen maj sgt sheikh president praesident mme mlle herr frau sr sra jr snr jnr esq estate"""
)

# Father and son of one name, where these stand last.
GENERATIONS = pairs("jr=junior jnr=junior junior=junior sr=senior snr=senior senior=senior")

# Words that differ by a letter or two and name another place.
DIRECTIONS = ("north", "south", "east", "west")

# Legal forms as single words, after dots are dropped. Short national ones are in the second group.
LEGAL_FORMS = word_set(
    """pty ltd limited inc incorporated llc lp llp lllp plc corp corporation co company proprietary
    unlimited pl gmbh ag kg kgaa ohg ug mbh aktiengesellschaft sa sas sarl srl spa sl slu sapi cv
    bv nv oy oyj ab asa aps sro kft zrt bt nyrt doo ood ooo oao zao pao ao jsc ojsc pjsc cjsc pt
    tbk bhd sdn pte pvt kk ltda eirl zoo sp gesellschaft abn acn"""
)

# Legal forms of several words; the longest first, so that a part never hides the whole.
LEGAL_PHRASES = (
    "obshchestvo s ogranichennoi otvetstvennostyu",
    "societatea cu raspundere limitata",
    "limited liability company",
    "public joint stock company",
    "open joint stock company",
    "joint stock company",
    "sociedad anonima",
    "societe anonyme",
    "societa per azioni",
    "as trustee for",
    "spolka z ograniczona odpowiedzialnoscia",
    "sp z o o",
    "s r o",
    "a s",
)

# Joining words; they come and go between two spellings of one name.
FILLERS = frozenset(["and", "the", "of", "for", "at", "y", "e", "und", "et", "atf", "care"])

# Small words before a surname; they are one word with it: two of them are no second piece of
# evidence.
PARTICLES = word_set(
    """de la las los van der den von zu di da do dos del della le du mc mac ten ter"""
)

# Words that many firms share: matching them says little, missing them costs little, also in a short
# list whose own frequencies cannot show it.
COMMON_IN_FIRMS = word_set(
    """group services service solutions solution holdings holding enterprises enterprise australia
    australian aust international partners partner associates contractors contractor contracting
    contract trading industries specialists specialist management consulting consultants supplies
    trust family sons brothers pool pools shop store centre center systems investments properties
    property restaurant cafe bar"""
)

# Written forms of one word.
ABBREVIATIONS = pairs(
    """intl=international natl=national bros=brothers mgmt=management mgt=management grp=group
    svc=services svcs=services serv=services service=services assoc=associates assocs=associates
    ent=enterprises inds=industries bldg=building constr=construction eng=engineering
    dept=department univ=university ctr=centre center=centre govt=government tech=technology
    aus=australia aust=australia one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9
    ten=10 first=1st second=2nd third=3rd fourth=4th fifth=5th sixth=6th seventh=7th eighth=8th
    ninth=9th tenth=10th st=saint ibn=bin mohd=mohammed muhd=mohammed"""
)

# Groups of given names used for one another; each word may stand in several groups only if they are
# one person's name.
_NICKNAME_GROUPS = """
abigail abby abbie gail
alan al allan allen
alexander alex alec alexandra sandy sasha lex xander alexandre aleksandr oleksandr
alfred alf fred alfie
amanda mandy
andrew andy drew andrej andrei andrey
angela angie ange
anthony tony antony anton antonio
arthur art
barbara barb babs
benjamin ben benny benji bibi
bradley brad
catherine kate cathy kathy katherine kathryn cath kath katie kat kathleen cate ekaterina
charles charlie chas chuck charlotte charley
christine chris christina chrissy tina kristine christian christopher kris
cynthia cindy
daniel dan danny danielle dani
david dave davey davy
deborah deb debbie debra
dennis denis denny
donald don donny
dorothy dot dottie
douglas doug
edward ed eddie ted ned teddy
elizabeth liz beth betty lizzie eliza bess elisabeth libby betsy lisbeth
emily em emmy emma
eugene gene
francis frank fran francesca frances frankie
frederick fred freddie fredrick
gabriel gabe gabrielle gabby
geoffrey geoff jeff jeffrey jeffery
george georgie jorge
gerald gerry jerry gerard
gregory greg gregg
harold harry hal henry hank
isabella bella isabelle izzy isabel
jacob jake jakob
jacqueline jackie jacqui
james jim jimmy jamie jem
janet jan
jason jase
jennifer jen jenny jenni
jessica jess jessie
john jack johnny jon jonathan jonny ivan juan johann jonathon
joseph joe joey jo josef jose yosef
joshua josh
judith judy
kenneth ken kenny
kimberly kim kimberley
laura laurie lauren
lawrence larry laurence
leonard len lenny leo
leslie les lesley
louis lou louise lewis luis
margaret maggie meg peggy marge margie greta
martin marty
mary marie maria molly polly mia
matthew matt matty mathew matteo
maxwell max maximilian
melissa mel melanie
michael mike mick mickey micky mikhail michal miguel
mitchell mitch
mohammed mohammad muhammad mohamed muhammed mohamad mahomed mehmet
natalie nat nathalie natasha
nathan nate nathaniel
nicholas nick nicky nicolas nicole nic nikolai nicolai niklas
norman norm
oliver ollie olivia liv
pamela pam
patrick pat patricia trish paddy tricia patty
peter pete pyotr pedro
philip phil phillip
raymond ray
rebecca becky bec becca
richard rick dick rich ricky richie
robert bob rob bobby robbie bert
ronald ron ronnie
russell russ
samuel sam sammy samantha
sarah sara sally
sebastian seb
simon si
stephen steve steven stefan stevie
stuart stu stewart
susan sue susie suzanne suzy
sergey sergei sergej serge
terence terry terrence theresa teresa tess
theodore theo ted
thomas tom tommy
timothy tim timmy
usama osama
vanessa ness
veronica ronnie vera
victoria vicky vic tori vicki victor
vincent vince vinny
vladimir volodymyr volodimir
walter walt wally
william bill will billy willy liam wilhelm
zachary zac zach zack
"""


def _nickname_keys() -> dict[str, str]:
    keys: dict[str, str] = {}
    for line in _NICKNAME_GROUPS.split("\n"):
        for name in line.split():
            keys.setdefault(name, line.split()[0])
    return keys


NICKNAME_KEYS = _nickname_keys()
