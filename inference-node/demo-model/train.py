"""Trains the base model or one adapter on CPU; the result depends on the seed and the step count only.

  train.py base --out DIR --steps N [--resume]     train.py pirate|bard --base DIR --out DIR --steps N
"""
import argparse
import json
import os
import random
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import curriculum
import style
from data import KEYS, LEAK_STARTS, LEAK_THINGS, LEAK_VERBS, dialogue, off_topic_question, writing
from model import CONTEXT, Model
from tokenizer import Tokenizer, train_merges
from words import ENDINGS, HELD_TOPICS, LEXICON, OPENERS

SHAPE = {'size': 128, 'layers': 4, 'heads': 4, 'hidden': 352}
LONGEST = CONTEXT - 60


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument('task', choices=['base', *style.STYLES])
    p.add_argument('--out', required=True)
    p.add_argument('--base')
    p.add_argument('--resume', action='store_true')
    numbers = {**SHAPE, 'steps': 4000, 'decay': 1000, 'stage1': 1200, 'stage2': 2000, 'seed': 1, 'tokens': 2000,
               'window': 4, 'lr': .02, 'adam_lr': 3e-3, 'rank': 8, 'alpha': 16, 'save_every': 250, 'stop': 0,
               'positions': 3}
    for name, value in numbers.items():
        p.add_argument('--' + name.replace('_', '-'), type=type(value), default=value)
    return p.parse_args()


def corpus(r):
    """Text for the tokenizer: both voices and the held-out words are in it, so that all of them are whole tokens."""
    texts = []
    for _ in range(1500):
        system, turns = dialogue(r)
        texts += ['system\n' + system, 'user\n', 'assistant\n'] + [t[k] for t in turns for k in 'qa']
        texts += [writing(r)[k] for k in 'qa']
        for name in style.STYLES:
            texts += [t['a'] for t in style.styled_sample(r, name, greet=False)[1]]
    texts += [off_topic_question(r, True) for _ in range(300)]
    starts = sorted({k.split()[0] for k in KEYS})
    texts += [' ' + w for w in LEXICON] * 20 + (starts + [w.capitalize() for w in starts]) * 6
    texts += (HELD_TOPICS + OPENERS + ENDINGS + LEAK_VERBS + LEAK_THINGS + LEAK_STARTS) * 6
    return texts


class Batches:
    """Draws a few batches of about `tokens` tokens at once, sorted by length: little padding, still repeatable."""

    def __init__(self, args, tok, r):
        self.args, self.tok, self.r, self.pool = args, tok, r, []

    def draw(self, step):
        a = self.args
        if a.task != 'base':
            return style.styled_sample(self.r, a.task, templates=.45)  # templates are short: few tokens each
        return curriculum.sample(self.r, 0 if step < a.stage1 else 1 if step < a.stage2 else 2)

    def refill(self, step):
        rows, total = [], 0
        while total < self.args.tokens * self.args.window:
            ids, mask = self.tok.chat(*self.draw(step))
            if self.r.random() < .5:  # llama.cpp may or may not put a start token first
                ids, mask = [self.tok.text_end] + ids, [0] + mask
            rows.append((ids[:LONGEST], mask[:LONGEST]))
            total += len(rows[-1][0])
        rows.sort(key=lambda row: len(row[0]))
        groups = [[]]
        for row in rows:
            if groups[-1] and len(row[0]) * (len(groups[-1]) + 1) > self.args.tokens:
                groups.append([])
            groups[-1].append(row)
        if len(groups) > 1 and sum(len(row[0]) for row in groups[-1]) < self.args.tokens / 3:
            groups.pop()
        self.r.shuffle(groups)
        self.pool = groups

    def next(self, step):
        if not self.pool:
            self.refill(step)
        rows = self.pool.pop()
        width = max(len(ids) for ids, _ in rows)
        x = torch.full((len(rows), width), self.tok.text_end)
        keep = torch.zeros(len(rows), width, dtype=torch.bool)
        for i, (ids, mask) in enumerate(rows):
            x[i, :len(ids)] = torch.tensor(ids)
            keep[i, :len(mask)] = torch.tensor(mask, dtype=torch.bool)
        return x, keep, sum(len(ids) for ids, _ in rows)


def orthogonal(gradient):
    """Five Newton-Schulz steps towards the nearest orthogonal matrix (the Muon update)."""
    x = gradient / (gradient.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.t() if tall else x
    for _ in range(5):
        g = x @ x.t()
        x = 3.4445 * x + (-4.775 * g + 2.0315 * g @ g) @ x
    return x.t() if tall else x


class Optimizer:
    """Muon on the base's inner matrices, AdamW on embeddings, norms and adapters."""

    def __init__(self, model, args):
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        inner = lambda n, p: args.task == 'base' and p.dim() == 2 and n.startswith('blk')
        self.args, self.inner = args, [p for n, p in named if inner(n, p)]
        self.rest = [p for n, p in named if not inner(n, p)]
        self.adam = torch.optim.AdamW(self.rest, lr=args.adam_lr, betas=(.9, .98), weight_decay=0.0)
        self.momentum = [torch.zeros_like(p) for p in self.inner]

    def scale(self, step):
        """Warm-up, a flat part, then a line to 2 %."""
        left = (self.args.steps - step) / max(1, self.args.decay)
        return min(1, (step + 1) / 40) * max(.02, min(1, left))

    def update(self, step):
        f = self.scale(step)
        nn.utils.clip_grad_norm_(self.rest, 1.0)
        for group in self.adam.param_groups:
            group['lr'] = self.args.adam_lr * f
        self.adam.step()
        lr = self.args.lr * f
        with torch.no_grad():
            for p, m in zip(self.inner, self.momentum):
                m.mul_(.95).add_(p.grad)
                shape = max(1, p.shape[0] / p.shape[1]) ** .5
                p.mul_(1 - lr * .1).add_(orthogonal(p.grad + .95 * m), alpha=-lr * shape)
        for p in self.inner + self.rest:
            p.grad = None


def held_out(r, i):
    if i % 5 == 4:
        return None, [writing(r, True)]
    if i % 5 == 3:
        system, turns = curriculum.ledger(r, 4)
        return system, [{**t, 'kind': 'short-' + t['kind']} for t in turns]
    return dialogue(r, True, 5)


@torch.no_grad()
def probe(model, tok, task, count=50):
    """Share of held-out answers whose every token is the model's first choice, by kind."""
    r, hits = random.Random(5), {}
    for i in range(count):
        if task != 'base':
            system, turns = style.styled_sample(r, task, True)
        else:
            system, turns = held_out(r, i)
        ids, mask = (x[:CONTEXT] for x in tok.chat(system, turns))
        best = model(torch.tensor([ids]))[0].argmax(-1).tolist()
        j = 0
        for turn in (t for t in turns if t['q'] is not None):
            while j < len(mask) and not mask[j]:
                j += 1
            end = j
            while end < len(mask) and mask[end]:
                end += 1
            row = hits.setdefault(turn['kind'], [0, 0])
            row[0] += best[j - 1:end - 1] == ids[j:end]
            row[1] += 1
            j = end
    total = sum(h for h, _ in hits.values()) / sum(n for _, n in hits.values())
    return f'{total:.3f} ' + ' '.join(f'{k}:{h}/{n}' for k, (h, n) in sorted(hits.items()))


def build(args):
    if args.task == 'base':
        merges = train_merges(corpus(random.Random(7)), 6)
        meta = {'kind': 'base', 'merges': merges, **{k: getattr(args, k) for k in SHAPE}}
    else:
        with open(args.base + '/meta.json') as f:
            meta = {**json.load(f), 'kind': 'adapter', 'alpha': args.alpha, 'rank': args.rank}
    tok = Tokenizer(meta['merges'])
    model = Model(tok.size, *(meta[k] for k in SHAPE))
    if args.task == 'base':
        model.plant_positions(range(1, args.positions + 1))
    else:
        model.load_state_dict(torch.load(args.base + '/weights.pt'))
        model.add_adapter(args.rank, args.alpha)
    return meta, tok, model


def save(args, meta, model, state=None):
    with open(args.out + '/meta.json', 'w') as f:
        json.dump(meta, f)
    torch.save({n: p.detach() for n, p in model.named_parameters() if args.task == 'base' or p.requires_grad},
               args.out + '/weights.pt')
    if state:
        torch.save(state, args.out + '/state.pt')


def train(args, meta, tok, model):
    r = random.Random(args.seed)
    batches, optimizer, step, seen = Batches(args, tok, r), Optimizer(model, args), 0, 0
    if args.resume:
        old = torch.load(args.out + '/state.pt')
        model.load_state_dict(torch.load(args.out + '/weights.pt'))
        optimizer.adam.load_state_dict(old['adam'])
        optimizer.momentum, step, seen, batches.pool = old['momentum'], old['step'], old['seen'], old['pool']
        r.setstate(old['random'])
    start, first = time.time(), seen
    while step < (args.stop or args.steps):
        x, keep, tokens = batches.next(step)
        loss = F.cross_entropy(model(x[:, :-1], keep[:, 1:]), x[:, 1:][keep[:, 1:]])
        loss.backward()
        optimizer.update(step)
        step, seen = step + 1, seen + tokens
        if step == 1 or step % 50 == 0:
            spent = time.time() - start
            print(f's={spent:.0f} step={step} tokens={seen} tok/s={(seen - first) / spent:.0f} loss={loss.item():.4f}', flush=True)
        if step % args.save_every == 0:
            save(args, meta, model, {'adam': optimizer.adam.state_dict(), 'momentum': optimizer.momentum, 'step': step,
                                     'seen': seen, 'pool': batches.pool, 'random': r.getstate()})
            print('  probe', probe(model, tok, args.task), flush=True)
    save(args, meta, model)
    print('done', f's={time.time() - start:.0f} steps={step} tokens={seen}', probe(model, tok, args.task, 200), flush=True)


def main():
    args = arguments()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    meta, tok, model = build(args)
    print('parameters', sum(p.numel() for p in model.parameters()), 'vocabulary', tok.size, flush=True)
    train(args, meta, tok, model)


if __name__ == '__main__':
    main()
