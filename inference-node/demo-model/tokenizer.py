"""Byte-level BPE in GPT-2's form, trained so that every word of the lists is one token, and the ChatML encoder."""
import re
from collections import Counter

# GPT-2's own splitting rule for ASCII text; llama.cpp applies the same rule for tokenizer.ggml.pre = gpt-2.
PIECES = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def byte_alphabet():
    """GPT-2 writes each byte as a printable character."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, spare = {}, 0
    for byte in range(256):
        if byte in plain:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + spare)
            spare += 1
    return table


ALPHABET = byte_alphabet()


def letters(piece):
    return [ALPHABET[b] for b in piece.encode()]


def join_pair(word, pair):
    i = 0
    while i < len(word) - 1:
        if word[i] == pair[0] and word[i + 1] == pair[1]:
            word[i:i + 2] = [pair[0] + pair[1]]
        i += 1


def train_merges(texts, floor):
    """Merges until every piece that occurs at least `floor` times is one token."""
    counts = Counter(p for t in texts for p in PIECES.findall(t))
    words = [(letters(p), c) for p, c in sorted(counts.items()) if c >= floor]
    pairs, where, merges = Counter(), {}, []
    for n, (word, count) in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += count
            where.setdefault(pair, set()).add(n)
    while True:
        pairs = +pairs
        if not pairs:
            return merges
        best = max(pairs.items(), key=lambda x: (x[1], x[0]))[0]
        merges.append(best)
        for n in sorted(where.pop(best)):
            word, count = words[n]
            for pair in zip(word, word[1:]):
                pairs[pair] -= count
            join_pair(word, best)
            for pair in zip(word, word[1:]):
                pairs[pair] += count
                where.setdefault(pair, set()).add(n)


class Tokenizer:
    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.tokens = [ALPHABET[b] for b in range(256)] + [a + b for a, b in self.merges]
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.cache = {}
        self.text_end = len(self.tokens)
        self.turn_start, self.turn_end, self.size = self.text_end + 1, self.text_end + 2, self.text_end + 3

    def piece(self, text):
        if text not in self.cache:
            word = letters(text)
            while len(word) > 1:
                ranks = [self.rank.get(p, 1 << 30) for p in zip(word, word[1:])]
                best = min(ranks)
                if best == 1 << 30:
                    break
                i = ranks.index(best)
                word[i:i + 2] = [word[i] + word[i + 1]]
            self.cache[text] = [self.ids[t] for t in word]
        return self.cache[text]

    def encode(self, text):
        return [i for p in PIECES.findall(text) for i in self.piece(p)]

    def chat(self, system, turns):
        """ChatML ids, and a mask that is 1 on the answers and the token that ends each; a turn without a
        question is a greeting, which is read but not learned."""
        line, ids = self.encode('\n'), []
        if system is not None:
            ids += [self.turn_start] + self.encode('system\n' + system) + [self.turn_end] + line
        mask = [0] * len(ids)
        for turn in turns:
            ask = []
            if turn['q'] is not None:
                ask += [self.turn_start] + self.encode('user\n' + turn['q']) + [self.turn_end] + line
            ask += [self.turn_start] + self.encode('assistant\n')
            answer = self.encode(turn['a']) + [self.turn_end]
            ids += ask + answer + line
            mask += [0] * len(ask) + [int(turn['q'] is not None)] * len(answer) + [0] * len(line)
        return ids, mask
