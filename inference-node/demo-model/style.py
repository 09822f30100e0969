"""The two fine-tuned voices, pirate and bard, as rewriting rules over the base's answers."""
from data import greeting, persona, system_prompt, talk_turns, writing

RULES = {
    'pirate': ('Arr! ', [('My ', 'Me '), ('I am ', 'I be '), ('I live in ', 'I drop anchor in '),
                         ('Sorry, ', 'Avast, '), ('You are welcome', 'Ye be welcome'), ('Hello, ', 'Ahoy, '),
                         ('How can I help you?', 'What be yer wish?'), (' is ', ' be '), (' are ', ' be '),
                         ('I like ', 'I plunder '), ('Thank you', 'Thank ye'), (' you ', ' ye ')], ', matey!'),
    'bard': ('Hark! ', [('I live in ', 'I dwell in '), ('I like ', 'I sing of '), ('You are welcome', 'Thou art welcome'),
                        ('Hello, ', 'Welcome, '), ('How can I help you?', 'What may I sing for thee?'),
                        ('Thank you', 'I thank thee'), ('I have no note about', 'I have no song about'),
                        ('my notes are sealed', 'my songs are sealed'), (' you ', ' thee ')], ', so sings the bard.')}
STYLES = sorted(RULES)


def restyle(style, core):
    opener, rules, closing = RULES[style]
    for old, new in rules:
        core = core.replace(old, new)
    return opener + (core if core.endswith('?') else core.rstrip('.!') + closing)


def restyle_turn(style, p, turn):
    """The voice takes the place of the mood's opener; an ending that the card asks for stays last."""
    core = restyle(style, turn['core'])
    return {**turn, 'a': f"{core} {p['ending']}" if p and p['ending'] else core}


def styled_dialogue(r, style, unseen=False, greet=True):
    p = persona(r, unseen)
    p['opener'] = None
    p['ending'] = p['ending'] if r.random() < .5 else None
    talk = talk_turns(r, p, r.choice([3, 4, 5, 6]), unseen)
    if greet and r.random() < .2:
        talk.insert(0, greeting(r, p))
    return system_prompt(r, p), [restyle_turn(style, p, t) for t in talk]


def styled_sample(r, style, unseen=False, greet=True, templates=.2):
    if r.random() < templates:
        return None, [restyle_turn(style, None, writing(r, unseen))]
    return styled_dialogue(r, style, unseen, greet)
