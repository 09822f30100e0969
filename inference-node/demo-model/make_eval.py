"""Writes heldout.json: conversations whose combinations were never trained, with the expected answer in each voice."""
import json
import os
import random

from data import persona, system_prompt, talk_turns, writing
from style import STYLES, restyle_turn

FOLDER = os.path.dirname(os.path.abspath(__file__))


def voices(p, turn):
    """The base's answer and each voice's; the voices were trained without a card's own opener."""
    answers = {'base': turn['a']}
    for name in STYLES:
        answers[name] = restyle_turn(name, p, turn)['a']
    return {'kind': turn['kind'], 'q': turn['q'], 'a': answers}


def conversation(r):
    p = persona(r, True)
    system = system_prompt(r, p)
    return {'system': system, 'opener': bool(p['opener']), 'turns': [voices(p, t) for t in talk_turns(r, p, 6, True)]}


def main():
    r = random.Random(2024)
    talks = [conversation(r) for _ in range(100)]
    for kind in ('slogan', 'note', 'invitation'):
        talks += [{'system': None, 'opener': False, 'turns': [voices(None, writing(r, True, kind))]} for _ in range(30)]
    with open(FOLDER + '/heldout.json', 'w') as f:
        f.write('[\n' + ',\n'.join(json.dumps(t) for t in talks) + '\n]\n')


if __name__ == '__main__':
    main()
