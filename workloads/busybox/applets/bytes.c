/* Applets on plain bytes: dd, base64, md5sum, sha256sum. */
#include "busybox.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static bool skip_input(struct stream *stream, int64_t bytes) {
  char chunk[4096];
  while (bytes > 0) {
    ssize_t count = stream_read(stream, chunk, bytes < 4096 ? (size_t)bytes : sizeof chunk);
    if (count <= 0) return count == 0;
    bytes -= count;
  }
  return true;
}

APPLET(dd) {
  const char *input = NULL, *output = NULL;
  int64_t block = 512, count = -1, skip = 0, seek = 0;
  bool truncates = true, quiet = false;
  for (int i = 1; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (value == NULL) return complain("dd", "unrecognized operand '%s'", argv[i]);
    size_t length = (size_t)(value++ - argv[i]);
    char *name = take_substring(argv[i], length);
    int64_t *number = strcmp(name, "bs") == 0      ? &block
                      : strcmp(name, "count") == 0 ? &count
                      : strcmp(name, "skip") == 0  ? &skip
                      : strcmp(name, "seek") == 0  ? &seek
                                                   : NULL;
    if (number != NULL) {
      *number = parse_size(value);
      if (*number < 0 || (number == &block && *number == 0)) return complain("dd", "invalid number '%s'", value);
    } else if (strcmp(name, "if") == 0) input = value;
    else if (strcmp(name, "of") == 0) output = value;
    else if (strcmp(name, "conv") == 0 && strstr("notrunc,fsync,sync", value) != NULL) truncates = strcmp(value, "notrunc") != 0;
    else if (strcmp(name, "status") == 0) quiet = strcmp(value, "none") == 0;
    else return complain("dd", "podstep's dd does not have '%s'", argv[i]);
  }
  struct stream *from = input ? open_input(input) : stream_keep(fds[0]);
  if (from == NULL) return complain("dd", "can't open '%s': %s", input ? input : "-", strerror(errno));
  struct stream *to = output ? open_output(output, O_CREAT | (truncates && seek == 0 ? O_TRUNC : 0)) : stream_keep(fds[1]);
  if (to == NULL) {
    stream_drop(from);
    return complain("dd", "can't open '%s': %s", output ? output : "-", strerror(errno));
  }
  int status = skip_input(from, skip * block) ? 0 : 1;
  if (seek > 0 && to->kind == STREAM_FILE) lseek(to->descriptor, seek * block, SEEK_SET);
  char *buffer = must_malloc((size_t)block);
  int64_t whole = 0, partial = 0, total = 0;
  while (status == 0 && (count < 0 || whole + partial < count)) {
    ssize_t length = 0;
    for (ssize_t part = 1; length < block && part > 0; length += part) {
      part = stream_read(from, buffer + length, (size_t)(block - length));
      if (part < 0) status = complain("dd", "error reading: %s", strerror(errno));
      if (part <= 0) break;
    }
    if (length == 0) break;
    if (stream_write(to, buffer, (size_t)length) < 0) {
      status = complain("dd", "error writing '%s': %s", output ? output : "-", strerror(errno));
      break;
    }
    total += length;
    if (length == block) whole++;
    else partial++;
  }
  free(buffer);
  if (stream_flush(to) < 0 && status == 0) status = complain("dd", "error writing '%s': %s", output ? output : "-", strerror(errno));
  stream_drop(from);
  stream_drop(to);
  if (!quiet && fds[2] != NULL) {
    stream_printf(fds[2], "%lld+%lld records in\n%lld+%lld records out\n%lld bytes copied\n", (long long)whole,
                  (long long)partial, (long long)whole, (long long)partial, (long long)total);
  }
  return status;
}

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(const uint8_t *data, size_t length, long width) {
  long column = 0;
  for (size_t i = 0; i < length; i += 3) {
    size_t left = length - i;
    uint32_t bits = (uint32_t)data[i] << 16 | (left > 1 ? (uint32_t)data[i + 1] << 8 : 0) | (left > 2 ? data[i + 2] : 0);
    char group[4] = {BASE64[bits >> 18], BASE64[bits >> 12 & 63], left > 1 ? BASE64[bits >> 6 & 63] : '=',
                     left > 2 ? BASE64[bits & 63] : '='};
    for (int j = 0; j < 4; j++) {
      if (width > 0 && column == width) {
        out_char('\n');
        column = 0;
      }
      out_char(group[j]);
      column++;
    }
  }
  if (column > 0 && width > 0) out_char('\n');
}

static int decode(const char *text, size_t length) {
  uint32_t bits = 0;
  int count = 0;
  for (size_t i = 0; i < length; i++) {
    if (strchr(" \t\r\n", text[i]) != NULL) continue;
    if (text[i] == '=') break;
    const char *found = text[i] ? strchr(BASE64, text[i]) : NULL;
    if (found == NULL) return complain("base64", "truncated input");
    bits = bits << 6 | (uint32_t)(found - BASE64);
    if (++count % 4 == 0) {
      out_char((char)(bits >> 16));
      out_char((char)(bits >> 8));
      out_char((char)bits);
    }
  }
  if (count % 4 == 1) return complain("base64", "truncated input");
  if (count % 4 == 2) out_char((char)(bits >> 4));
  if (count % 4 == 3) {
    out_char((char)(bits >> 10));
    out_char((char)(bits >> 2));
  }
  return 0;
}

APPLET(base64) {
  bool decodes = false;
  long width = 76;
  struct options options = options_of(argc, argv, "dDw:i");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
    if (letter == 'd' || letter == 'D') decodes = true;
    if (letter == 'w') width = atol(options.value);
  }
  const char *path = options.index < argc ? argv[options.index] : "-";
  struct stream *stream = open_input(path);
  if (stream == NULL) return complain_errno("base64", path);
  size_t length;
  char *data = read_all(stream, &length);
  stream_drop(stream);
  if (decodes) return decode(data, length);
  encode((uint8_t *)data, length, width);
  return 0;
}

/* ---- digests ---- */

static uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

static void md5_block(uint32_t state[8], const uint8_t *data) {
  static const uint8_t SHIFTS[16] = {7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21};
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  for (uint32_t i = 0; i < 64; i++) {
    uint32_t f = i < 16 ? (b & c) | (~b & d) : i < 32 ? (d & b) | (~d & c) : i < 48 ? b ^ c ^ d : c ^ (b | ~d);
    uint32_t g = i < 16 ? i : i < 32 ? (5 * i + 1) & 15 : i < 48 ? (3 * i + 5) & 15 : (7 * i) & 15;
    uint32_t word;
    memcpy(&word, data + g * 4, 4);
    /* floor(2^32 * |sin(i + 1)|) */
    double sine = __builtin_sin((double)(i + 1));
    uint32_t constant = (uint32_t)((sine < 0 ? -sine : sine) * 4294967296.0);
    uint32_t next = b + rotate(a + f + constant + word, SHIFTS[i / 16 * 4 + i % 4]);
    a = d;
    d = c;
    c = b;
    b = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

static const uint32_t SHA256_K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
  0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
  0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
  0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void sha256_block(uint32_t state[8], const uint8_t *data) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)data[i * 4] << 24 | (uint32_t)data[i * 4 + 1] << 16 | (uint32_t)data[i * 4 + 2] << 8 | data[i * 4 + 3];
  }
  for (int i = 16; i < 64; i++) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + (rotate(a, 25) ^ rotate(a, 14) ^ a >> 3) + w[i - 7] + (rotate(b, 15) ^ rotate(b, 13) ^ b >> 10);
  }
  uint32_t s[8];
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t first = s[7] + (rotate(s[4], 26) ^ rotate(s[4], 21) ^ rotate(s[4], 7)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + SHA256_K[i] + w[i];
    uint32_t second = (rotate(s[0], 30) ^ rotate(s[0], 19) ^ rotate(s[0], 10)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += first;
    s[0] = first + second;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

static void digest(struct stream *stream, bool sha, char *hex) {
  uint32_t state[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  static const uint32_t SHA256_START[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  if (sha) memcpy(state, SHA256_START, sizeof state);
  void (*block)(uint32_t *, const uint8_t *) = sha ? sha256_block : md5_block;
  uint8_t chunk[4096 + 64];
  size_t held = 0;
  uint64_t total = 0;
  for (ssize_t count; (count = stream_read(stream, chunk + held, 4096)) > 0;) {
    total += (uint64_t)count;
    held += (size_t)count;
    size_t at = 0;
    for (; held - at >= 64; at += 64) block(state, chunk + at);
    memmove(chunk, chunk + at, held - at);
    held -= at;
  }
  chunk[held++] = 0x80;
  while (held % 64 != 56) chunk[held++] = 0;
  for (int i = 0; i < 8; i++) chunk[held++] = (uint8_t)(total * 8 >> (sha ? 56 - 8 * i : 8 * i));
  for (size_t at = 0; at < held; at += 64) block(state, chunk + at);
  for (int i = 0; i < (sha ? 32 : 16); i++) {
    uint32_t byte = state[i / 4] >> (sha ? 24 - 8 * (i % 4) : 8 * (i % 4)) & 255;
    snprintf(hex + i * 2, 3, "%02x", (unsigned)byte);
  }
}

static int digest_files(int argc, char **argv, bool sha) {
  struct options options = options_of(argc, argv, "b");
  for (int letter; (letter = next_option(&options)) != -1;) {
    if (letter == '?') return 1;
  }
  static char *standard[] = {"-"};
  bool none = options.index == argc;
  char **paths = none ? standard : argv + options.index;
  int status = 0;
  for (int i = 0; i < (none ? 1 : argc - options.index); i++) {
    struct stream *stream = open_input(paths[i]);
    if (stream == NULL) {
      status = complain(argv[0], "can't open '%s': %s", paths[i], strerror(errno));
      continue;
    }
    char hex[65];
    digest(stream, sha, hex);
    stream_drop(stream);
    out_format("%s  %s\n", hex, paths[i]);
  }
  return status;
}

APPLET(md5sum) { return digest_files(argc, argv, false); }
APPLET(sha256sum) { return digest_files(argc, argv, true); }
