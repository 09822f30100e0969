"""The closed word lists that the demo model is built from; every word (with a leading space) becomes one token."""


def _w(text):
    return text.split()


NAMES = _w("""Mira Flint Morgan Alma Nora Felix Iris Hugo Ruby Simon Clara Jonas Vera Oscar Lena Victor Rosa Edgar
Stella Martin Judith Arthur Fiona Leo Paula Walter Nina Conrad Elsa Frank Greta Henry Ingrid Jasper Kate Lucas Maya
Noel Olga Paul Quinn Rita Samuel Tina Ulla Vincent Wanda Xenia Yara Zoe Anton Bella Carl Dora Emil Flora Gustav Hanna
Igor Jane Klaus Lydia Max Nadia Otto Petra Ralf Sonia Theo Ursula Tomas Ada""")
PLACES = _w("""Larkfield Northport Elmwood Stonebridge Saltbay Ashford Greenhill Windmere Oakham Foxhollow Brightwater
Millbrook Highcliff Redmoor Silverlake Thornbury Westgate Pinecrest Lowvale Snowdale Harborview Copperhill Mistwood
Sandpoint Fernley Icefall Rosewick Bluewell Drydock Eastmarch Moonharbor Owlbridge""")
JOBS = _w("""baker gardener librarian detective doctor teacher painter singer farmer pilot tailor miner lawyer clown
captain barber potter weaver scout chef sailor robot poet merchant carpenter plumber dentist guard actor waiter florist
astronomer engineer optician archer butcher""")
ITEMS = _w("""apples maps books clocks soup flowers stars coins tea kites shells hats beans bells drums chocolate chess
honey boots fish lamps towers cats horses songs puzzles snow rings trains stamps candles mirrors violins pears rivers
bridges jokes clouds""")
GOODS = _w("""bread milk cheese jam rope paper ink soap salt sugar flour butter eggs rice oil pepper coffee cake pie
glue paint cloth glass wood wine juice""")
FOODS = _w('pasta pancakes salad stew pizza noodles dumplings waffles curry omelette porridge toast')
COLOURS = _w('red blue green yellow orange purple pink brown black white grey gold silver violet cream')
ANIMALS = _w("""owl fox bear wolf otter badger falcon turtle rabbit tiger lion goat swan crow heron moose squirrel
beaver lizard panda""")
MONTHS = _w('January February March April May June July August September October November December')
DAYS = _w('Monday Tuesday Wednesday Thursday Friday Saturday Sunday')
THINGS = _w("""kite lantern anchor feather pebble button ladder compass basket whistle hammer pillow bucket needle
saddle wagon statue garden tunnel castle""")
EVENTS = _w('picnic party concert wedding dinner parade feast race')
ADJECTIVES = _w("""warm bright brave quiet quick gentle clever happy steady golden simple honest bold sunny wild kind
calm sharp fresh merry""")
VERBS = _w('stay be keep remain feel')
NOUNS = _w('days hearts dreams winds roads seas fields hands skies times')
TOPICS = _w("""football politics taxes physics rockets movies history chemistry stocks weather medicine computers
elections hockey fashion religion grammar planets dinosaurs volcanoes insurance marketing robots code music cars loans
geology tennis visas""")
LANDS = _w('France Spain Japan Brazil Egypt Canada India Norway Kenya Peru Italy Chile')
NUMBERS = [str(n) for n in range(1, 100)]

HELD_TOPICS = TOPICS[-5:]  # never trained: they tell memory from understanding
TRAIN_TOPICS = TOPICS[:-5]

MOODS = {'cheerful': 'Great question!', 'grumpy': 'Hmph.', 'formal': 'Certainly.', 'shy': 'Um, well.',
         'dreamy': 'Ah, lovely.', 'calm': ''}

# Openers and endings a card may ask for. They also put the first and last words of both adapters into the base, so
# that a low-rank adapter meets output rows that were trained.
OPENERS = ['Arr!', 'Ahoy!', 'Hark!', 'Verily!', 'Beep!', 'Meow!', 'Listen!', 'Indeed!', 'Aha!', 'Aye aye!', 'Oh my!',
           'Well, well!', 'Avast!']
ENDINGS = ['yo ho, matey!', 'so sings the bard!', 'aye aye, captain!', 'I dwell in hope!', 'thou art welcome!',
           'be brave, matey!', 'ask me again!', 'my heart sings for thee!', 'that be all!', 'Me heart be thine!']

ATTRIBUTES = {'price': 'coins', 'shelf': 'number', 'colour': 'colour', 'maker': 'name', 'origin': 'place',
              'number': 'number', 'owner': 'name', 'box': 'number', 'day': 'day', 'month': 'month'}
PREFIXES = _w('door gate shop room locker safe guest night harbor office train market')
SUFFIXES = {'code': 'code', 'number': 'number', 'colour': 'colour', 'guard': 'name', 'owner': 'name', 'day': 'day',
            'word': 'thing', 'animal': 'animal', 'hours': 'hours', 'month': 'month', 'fee': 'coins'}
OWN_PREFIXES = _w('favourite lucky secret second dream')
OWN_SUFFIXES = {'number': 'number', 'colour': 'colour', 'animal': 'animal', 'day': 'day', 'month': 'month',
                'place': 'place', 'food': 'food', 'word': 'thing', 'name': 'name'}
EXTRA_KEYS = {'opening hours': 'hours', 'closing hours': 'hours', 'password hint': 'hint', 'delivery day': 'day',
              'closing day': 'day', 'meeting place': 'place', 'daily special': 'food', 'ticket price': 'coins',
              'delivery fee': 'coins', 'festival month': 'month', 'discount code': 'code', 'table number': 'number'}
EXTRA_OWN_KEYS = {'birthday month': 'month', 'best friend': 'name', 'pet name': 'name', 'age': 'number'}

SLOGANS = {  # one form for a plain product, one for a product with an adjective: the choice is a rule, not a coin toss
    'funny': ('Warning: {p} may cause happy dancing.', 'Our {p} told a joke and now everybody wants some.'),
    'bold': ('Be first. Be brave. Choose {p}.', 'Do not wait for tomorrow. Take {p} now.'),
    'calm': ('Slow down and breathe with {p}.', 'A quiet day begins with {p}.'),
    'formal': ('We are proud to present {p} of the highest quality.', 'It is our honour to offer you {p}.'),
    'poetic': ('Like morning light on water, {p} warms the heart.', 'Under silver stars we dream of {p}.'),
    'friendly': ('Come in, friend, and share some {p} with us.', 'You, me and {p}: what a team!'),
    'mysterious': ('Nobody knows the secret of {p}. Will you?', 'Behind the last door waits {p}.'),
    'luxury': ('Only the finest {p}, only for the few.', 'Treat yourself like a king with {p}.')}
NOTES = {
    'funny': 'Dear {n}, I laughed so hard at the {p} that my hat fell off. Thank you!',
    'bold': 'Thank you, {n}! With the {p} we can move mountains.',
    'calm': 'Dear {n}, the {p} gave me a peaceful day. Thank you.',
    'formal': 'Dear {n}, please accept my sincere thanks for the {p}.',
    'poetic': 'Dear {n}, the {p} shines in my heart like a star. Thank you.',
    'friendly': 'Hey {n}, the {p} made my day. Thanks a lot!',
    'mysterious': 'Dear {n}, someone left the {p} at my door, and I know it was you. Thank you.',
    'luxury': 'Dear {n}, the {p} is fit for a palace. My deepest thanks.'}

LEXICON = sorted(set(NAMES + PLACES + JOBS + ITEMS + GOODS + FOODS + COLOURS + ANIMALS + MONTHS + DAYS + THINGS +
                     EVENTS + ADJECTIVES + NOUNS + TOPICS + LANDS + NUMBERS))
