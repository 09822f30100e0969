"""Writes trained weights as a GGUF v3 file: a whole model with its tokenizer, or a LoRA adapter.

  pack.py DIR FILE.gguf NAME [f16|q8_0]
"""
import json
import struct
import sys

import numpy
import torch

from model import CONTEXT
from tokenizer import Tokenizer

U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TYPES = {'f32': (0, 0), 'f16': (1, 1), 'q8_0': (8, 7)}  # tensor type, general.file_type
ALIGN = 32
TEMPLATE = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + "
            "'<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")


def text(value):
    raw = value.encode()
    return struct.pack('<Q', len(raw)) + raw


def scalar(kind, value):
    if kind == STRING:
        return text(value)
    return struct.pack({U32: '<I', I32: '<i', F32: '<f', BOOL: '<?'}[kind], value)


def entry(key, kind, value, element=None):
    head = text(key) + struct.pack('<I', kind)
    if kind != ARRAY:
        return head + scalar(kind, value)
    return head + struct.pack('<IQ', element, len(value)) + b''.join(scalar(element, v) for v in value)


def quantize(rows):
    """Blocks of 32: one half-precision scale and 32 signed bytes."""
    blocks = rows.reshape(-1, 32)
    scale = (numpy.abs(blocks).max(1, keepdims=True) / 127).astype('<f4')
    inverse = numpy.divide(1, scale, out=numpy.zeros_like(scale), where=scale > 0)
    values = numpy.clip(numpy.rint(blocks * inverse), -127, 127).astype('i1')
    return numpy.concatenate([scale.astype('<f2').view('i1'), values], 1).tobytes()


def encode(weights, kind):
    if weights.ndim == 1:
        return TYPES['f32'][0], weights.astype('<f4').tobytes()  # llama.cpp wants norms in full precision
    if kind == 'q8_0' and weights.shape[-1] % 32 == 0:
        return TYPES['q8_0'][0], quantize(weights)
    return TYPES['f16'][0], weights.astype('<f2').tobytes()


def tokenizer_entries(tok):
    special = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
    tokens = tok.tokens + special
    kinds = [1] * len(tok.tokens) + [3] * len(special)
    return [
        entry('tokenizer.ggml.model', STRING, 'gpt2'), entry('tokenizer.ggml.pre', STRING, 'gpt-2'),
        entry('tokenizer.ggml.tokens', ARRAY, tokens, STRING), entry('tokenizer.ggml.token_type', ARRAY, kinds, I32),
        entry('tokenizer.ggml.merges', ARRAY, [' '.join(m) for m in tok.merges], STRING),
        entry('tokenizer.ggml.bos_token_id', U32, tok.text_end), entry('tokenizer.ggml.eos_token_id', U32, tok.turn_end),
        entry('tokenizer.ggml.padding_token_id', U32, tok.text_end),
        entry('tokenizer.ggml.add_bos_token', BOOL, False), entry('tokenizer.ggml.add_eos_token', BOOL, False),
        entry('tokenizer.chat_template', STRING, TEMPLATE)]


def model_entries(meta, tok, kind):
    sizes = {'vocab_size': tok.size, 'context_length': CONTEXT, 'embedding_length': meta['size'],
             'block_count': meta['layers'], 'feed_forward_length': meta['hidden'],
             'attention.head_count': meta['heads'], 'attention.head_count_kv': meta['heads'],
             'rope.dimension_count': meta['size'] // meta['heads']}
    return [entry('general.file_type', U32, TYPES[kind][1]), entry('general.quantization_version', U32, 2),
            *(entry('llama.' + k, U32, v) for k, v in sizes.items()),
            entry('llama.rope.freq_base', F32, 10000.0),
            entry('llama.attention.layer_norm_rms_epsilon', F32, 1e-5), *tokenizer_entries(tok)]


def tensor_name(name, adapter):
    """PyTorch's names follow GGUF's already, but for the suffix."""
    parts = name.replace('output_a', 'output.a').replace('output_b', 'output.b').split('.')
    if name in ('token_embd', 'output'):
        return name + '.weight'
    if adapter:
        return '.'.join(parts[:-1]) + '.weight.lora_' + parts[-1]
    return '.'.join(parts[:-1]) + '.weight'


def write(path, entries, tensors):
    head, offset = b'', 0
    for name, shape, kind, raw in tensors:
        dims = list(reversed(shape))  # GGUF counts from the contiguous side
        head += text(name) + struct.pack('<I', len(dims)) + b''.join(struct.pack('<Q', d) for d in dims)
        head += struct.pack('<IQ', kind, offset)
        offset += len(raw) + -len(raw) % ALIGN
    head = b'GGUF' + struct.pack('<IQQ', 3, len(tensors), len(entries)) + b''.join(entries) + head
    with open(path, 'wb') as f:
        f.write(head + bytes(-len(head) % ALIGN))
        for *_, raw in tensors:
            f.write(raw + bytes(-len(raw) % ALIGN))


def main():
    folder, path, name, *rest = sys.argv[1:]
    kind = rest[0] if rest else 'f16'
    with open(folder + '/meta.json') as f:
        meta = json.load(f)
    adapter = meta['kind'] == 'adapter'
    entries = [entry('general.architecture', STRING, 'llama'), entry('general.name', STRING, name),
               entry('general.type', STRING, 'adapter' if adapter else 'model'), entry('general.license', STRING, 'MIT'),
               entry('general.author', STRING, 'Grimoire'), entry('general.languages', ARRAY, ['en'], STRING)]
    if adapter:
        entries += [entry('adapter.type', STRING, 'lora'), entry('adapter.lora.alpha', F32, meta['alpha'])]
    else:
        entries += model_entries(meta, Tokenizer(meta['merges']), kind)
    tensors = []
    for key, weights in torch.load(folder + '/weights.pt').items():
        array = weights.detach().numpy()
        tensors.append((tensor_name(key, adapter), array.shape, *encode(array, kind)))
    write(path, entries, tensors)


if __name__ == '__main__':
    main()
