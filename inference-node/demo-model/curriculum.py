"""Mixes the generated dialogues into the base's training stream: short look-ups first, whole conversations later."""
from data import (a_or_an, about_self, absent_key, draw_facts, draw_odd_facts, dress, fact_answer, fact_lines,
                  fact_question, greeting, persona, system_prompt, talk_turns, turn, writing)
from words import LEXICON


def plain(p):
    p['opener'] = p['ending'] = None
    p['mood'] = 'calm'
    return p


def ask_fact(r, facts, key):
    kind = 'fact' if key in facts else 'absent'
    return {'kind': kind, 'q': fact_question(r, key), 'a': fact_answer(key, facts.get(key))}


def odd_absent(r, facts):
    """A missing key that shares its first word with a present one half of the time."""
    while True:
        first = r.choice(sorted(facts)).split()[0] if r.random() < .5 else r.choice(LEXICON)
        key = first if r.random() < .3 else f'{first} {r.choice(LEXICON)}'
        if key not in facts:
            return key


def ledger(r, most):
    """Only facts and questions about them, several per prompt: dense training of the look-up and of its failure."""
    count = r.randrange(2, most + 1)
    odd = r.random() < .4
    facts = draw_odd_facts(r, count) if odd else draw_facts(r, count, near=.75)
    keys = r.sample(sorted(facts), min(len(facts), 4))
    for _ in range(r.choice([0, 1, 1, 2, 2, 3])):
        keys.append(odd_absent(r, facts) if odd else absent_key(r, {'facts': facts}, False))
    r.shuffle(keys)
    return fact_lines(facts), [ask_fact(r, facts, k) for k in keys]


def snippet(r):
    """One or two statements about oneself and one question about them."""
    p = persona(r, facts=0)
    kind = r.choice(['name', 'job', 'place', 'likes', 'mood', 'off', 'hello'])
    if kind != 'mood' and r.random() < .8:
        p['mood'] = 'calm'
    if r.random() < .7:
        p['ending'] = None
    if r.random() < .7:
        p['opener'] = None
    says = {'name': f"You are {p['name']}.", 'job': f"You are {a_or_an(p['job'])}.",
            'place': f"You are from {p['place']}.", 'likes': f"You like {p['likes'][0]} and {p['likes'][1]}.",
            'mood': f"Your mood is {p['mood']}."}
    lines = [says[{'off': 'job', 'hello': 'name'}.get(kind, kind)]]
    if r.random() < .4:
        lines.insert(r.randrange(2), says[r.choice(['name', 'job', 'place', 'likes'])])
    if p['mood'] != 'calm' and kind != 'mood':
        lines.append(says['mood'])
    if p['opener']:
        lines.append(f"Begin every answer with: {p['opener']}")
    if p['ending']:
        lines.append(f"End every answer with: {p['ending']}")
    return ' '.join(lines), [turn(r, p, False, kind)]


def talk(r, facts, turns):
    p = persona(r, facts=facts)
    if r.random() < .3:
        plain(p)
    return system_prompt(r, p), talk_turns(r, p, turns)


SMALL_WORDS = 'the is do how my I want need to please and it that in of so with for'.split()


def babble(r, p):
    """Text that fits no question: the bot falls back on its refusal instead of guessing."""
    words = [r.choice(SMALL_WORDS if r.random() < .4 else LEXICON) for _ in range(r.randrange(1, 8))]
    core = about_self(p, 'off')
    return {'kind': 'off', 'q': ' '.join(words) + r.choice(['', '?', '.', '!']), 'core': core, 'a': dress(p, 'off', core)}


def free_talk(r, facts, turns):
    """A whole conversation, some with odd facts, a greeting, or a message that makes no sense."""
    p = persona(r, facts=facts)
    if r.random() < .3:
        plain(p)
    if r.random() < .2:
        p['facts'] = {**p['facts'], **draw_odd_facts(r, r.choice([1, 2]))}
    talk = talk_turns(r, p, turns)
    if r.random() < .15:
        talk.insert(r.randrange(len(talk) + 1), babble(r, p))
    if r.random() < .2:
        talk.insert(0, greeting(r, p))
    return system_prompt(r, p), talk


def sample(r, stage):
    """stage 0: short look-ups; 1: small personas; 2: whole conversations, with the easier kinds kept in."""
    draw = r.random()
    if draw < (.06 if stage == 0 else .12):
        return None, [writing(r) for _ in range(1 if r.random() < .6 else 2)]
    if stage == 2:
        stage = r.choices([0, 1, 2], [25, 15, 60])[0]
    if stage == 0:
        return ledger(r, r.choice([2, 3, 4, 6])) if r.random() < .75 else snippet(r)
    if stage == 1 and r.random() < .3:
        return ledger(r, 4)
    if stage == 1:
        return talk(r, r.choice([2, 3]), 4)
    return free_talk(r, r.choice([0, 3, 3, 4, 4, 5, 6, 7]), r.choice([4, 5, 6, 7]))
