/* Huffman codes of header strings. The code is canonical: lengths alone decide it. */
#include "grpc.h"

/* The bits of each byte's code; those of the end mark (30) come last. */
static const uint8_t lengths[257] = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8,  15, 6,  12, 10,
    13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8,  13, 19, 13, 14, 6,
    15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30,
};

#define LONGEST 30

/* By length: the first code of that length, and where its symbols begin in `symbols`. */
static uint32_t first_code[LONGEST + 2];
static uint16_t first_symbol[LONGEST + 2];
static uint16_t symbols[257];

static void prepare(void) {
  if (first_symbol[LONGEST + 1] != 0) return;
  uint32_t code = 0;
  uint16_t at = 0;
  for (int length = 1; length <= LONGEST; length++) {
    first_code[length] = code;
    first_symbol[length] = at;
    for (int symbol = 0; symbol < 257; symbol++) {
      if (lengths[symbol] != length) continue;
      symbols[at++] = (uint16_t)symbol;
      code++;
    }
    code <<= 1;
  }
  first_symbol[LONGEST + 1] = at;
}

bool huffman_decode(const uint8_t *data, size_t length, struct buffer *text) {
  prepare();
  uint32_t code = 0;
  int bits = 0;
  for (size_t i = 0; i < length * 8; i++) {
    code = code << 1 | (data[i / 8] >> (7 - i % 8) & 1);
    if (++bits > LONGEST) return false;
    uint32_t index = code - first_code[bits];
    if (code < first_code[bits] || index >= (uint32_t)(first_symbol[bits + 1] - first_symbol[bits])) continue;
    uint16_t symbol = symbols[first_symbol[bits] + index];
    if (symbol == 256) return false;
    buffer_add_char(text, (char)symbol);
    code = 0;
    bits = 0;
  }
  /* The rest is padding: fewer than eight bits, all of them set. */
  return bits < 8 && code == (1u << bits) - 1;
}
