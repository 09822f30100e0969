"""A small Llama-shaped transformer in PyTorch, with low-rank adapters; its weights load unchanged in llama.cpp."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

CONTEXT = 512
CONSTANT = 2.0  # value of the embeddings' first coordinate at the start, see plant_positions


class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.w = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.w


class Linear(nn.Module):
    """A matrix without bias, with an optional low-rank side path."""

    def __init__(self, inputs, outputs, std):
        super().__init__()
        self.w = nn.Parameter(torch.randn(outputs, inputs) * std)
        self.a = self.b = None

    def add_adapter(self, rank, scale):
        self.w.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, self.w.shape[1]) / math.sqrt(self.w.shape[1]))
        self.b = nn.Parameter(torch.zeros(self.w.shape[0], rank))
        self.scale = scale

    def forward(self, x):
        y = F.linear(x, self.w)
        return y if self.a is None else y + self.scale * F.linear(F.linear(x, self.a), self.b)


def rotate(x, cos, sin):
    """Rotary positions on neighbouring pairs, llama.cpp's order for the llama architecture."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Block(nn.Module):
    def __init__(self, size, heads, hidden, layers):
        super().__init__()
        self.heads, std, out = heads, size ** -.5, math.sqrt(2 * layers)
        self.attn_norm, self.ffn_norm = Norm(size), Norm(size)
        self.attn_q, self.attn_k = Linear(size, size, std / 2), Linear(size, size, std / 2)
        self.attn_v, self.attn_output = Linear(size, size, std), Linear(size, size, std / out)
        self.ffn_gate, self.ffn_up = Linear(size, hidden, std), Linear(size, hidden, std)
        self.ffn_down = Linear(hidden, size, hidden ** -.5 / out)
        with torch.no_grad():  # a head starts by writing back what it reads, which makes copying easy to find
            self.attn_output.w.copy_(.5 * self.attn_v.w.t())

    def linears(self):
        return {n: m for n, m in self.named_children() if isinstance(m, Linear)}

    def forward(self, x, cos, sin, mask):
        batch, length, size = x.shape
        y, h = self.attn_norm(x), self.heads
        split = lambda z: z.view(batch, length, h, size // h).transpose(1, 2)
        flat = lambda z: z.reshape(batch * h, length, size // h)
        q, k = (flat(rotate(split(m(y)), cos, sin)) for m in (self.attn_q, self.attn_k))
        scores = torch.baddbmm(mask.expand(batch * h, length, length), q, k.transpose(1, 2), alpha=(size // h) ** -.5)
        read = torch.bmm(scores.softmax(-1), flat(split(self.attn_v(y))))
        x = x + self.attn_output(read.view(batch, h, length, -1).transpose(1, 2).reshape(batch, length, size))
        y = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(y)) * self.ffn_up(y))


class Model(nn.Module):
    def __init__(self, vocabulary, size, layers, heads, hidden, base=10000.0):
        super().__init__()
        self.token_embd = nn.Parameter(torch.randn(vocabulary, size))
        self.output = nn.Parameter(self.token_embd.detach() * .02)
        self.blk = nn.ModuleList(Block(size, heads, hidden, layers) for _ in range(layers))
        self.output_norm = Norm(size)
        self.output_a = self.output_b = None
        head = size // heads
        angle = torch.arange(CONTEXT).float()[:, None] * base ** (-torch.arange(0, head, 2).float() / head)
        self.cos, self.sin = angle.cos(), angle.sin()
        self.mask = torch.full((CONTEXT, CONTEXT), -1e9).triu(1)

    def plant_positions(self, offsets, strength=5.0, base=10000.0):
        """Starts some heads of the first layer as 'the token n places back'.

        All embeddings share one constant coordinate; queries read it as a fixed vector and keys as the same vector
        turned by n places, so the rotary phases agree exactly at distance n. Look-up needs such heads, and finding
        them by chance is what takes a small model longest.
        """
        block, size = self.blk[0], self.token_embd.shape[1]
        head = size // block.heads
        with torch.no_grad():
            self.token_embd[:, 0] = CONSTANT
            self.output[:, 0] = 0
            for n, offset in enumerate(offsets):
                rows = slice(n * head, (n + 1) * head)
                block.attn_q.w[rows] *= .1
                block.attn_k.w[rows] *= .1
                for pair in range(min(6, head // 2)):
                    turn = offset * base ** (-2 * pair / head)
                    at = n * head + 2 * pair
                    block.attn_q.w[at, 0] = strength / CONSTANT
                    block.attn_k.w[at, 0] = strength * math.cos(turn) / CONSTANT
                    block.attn_k.w[at + 1, 0] = strength * math.sin(turn) / CONSTANT

    def add_adapter(self, rank, alpha):
        for p in self.parameters():
            p.requires_grad_(False)
        for block in self.blk:
            for linear in block.linears().values():
                linear.add_adapter(rank, alpha / rank)
        # A voice needs words that the base never says in that place; with a frozen output matrix they stay unsaid.
        self.output_a = nn.Parameter(torch.randn(rank, self.output.shape[1]) / math.sqrt(self.output.shape[1]))
        self.output_b = nn.Parameter(torch.zeros(self.output.shape[0], rank))
        self.output_scale = alpha / rank

    def forward(self, ids, keep=None):
        length = ids.shape[1]
        x = F.embedding(ids, self.token_embd)
        for block in self.blk:
            x = block(x, self.cos[:length], self.sin[:length], self.mask[:length, :length])
        x = self.output_norm(x)
        x = x if keep is None else x[keep]
        y = F.linear(x, self.output)
        return y if self.output_a is None else y + self.output_scale * F.linear(F.linear(x, self.output_a), self.output_b)
