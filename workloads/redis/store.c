/* The keys: a table of chains, each entry with its end and its last use. */
#include "redis.h"
#include <stdlib.h>
#include <time.h>

#define CHAINS 4096
/* What an entry costs besides its bytes. */
#define OVERHEAD 64

static struct entry *chains[CHAINS];
static size_t count;
static size_t bytes;
static uint64_t uses;

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct entry **chain_of(const char *key) {
  uint32_t hash = 2166136261u;
  for (; *key != '\0'; key++) hash = (hash ^ (uint8_t)*key) * 16777619u;
  return &chains[hash % CHAINS];
}

static size_t cost(const struct entry *entry) { return OVERHEAD + strlen(entry->key) + entry->length; }

static void drop(struct entry **place) {
  struct entry *entry = *place;
  *place = entry->next;
  count--;
  bytes -= cost(entry);
  free(entry->key);
  free(entry->value);
  free(entry);
}

/* Where the entry of a key hangs; null when there is none that lives. */
static struct entry **place_of(const char *key) {
  for (struct entry **place = chain_of(key); *place != NULL; place = &(*place)->next) {
    if (strcmp((*place)->key, key) != 0) continue;
    if ((*place)->expires_ms == 0 || (*place)->expires_ms > now_ms()) return place;
    drop(place);
    return NULL;
  }
  return NULL;
}

struct entry *store_find(const char *key) {
  struct entry **place = place_of(key);
  if (place == NULL) return NULL;
  (*place)->used = ++uses;
  return *place;
}

struct entry *store_put(const char *key, const char *value, size_t length) {
  struct entry *entry = store_find(key);
  if (entry == NULL) {
    struct entry **chain = chain_of(key);
    entry = must_malloc(sizeof *entry);
    *entry = (struct entry){.key = must_strdup(key), .used = ++uses, .next = *chain};
    *chain = entry;
    count++;
  } else {
    bytes -= cost(entry);
    free(entry->value);
  }
  entry->value = must_malloc(length + 1);
  memcpy(entry->value, value, length);
  entry->value[length] = '\0';
  entry->length = length;
  entry->expires_ms = 0;
  bytes += cost(entry);
  return entry;
}

bool store_remove(const char *key) {
  struct entry **place = place_of(key);
  if (place == NULL) return false;
  drop(place);
  return true;
}

void store_clear(void) {
  for (size_t i = 0; i < CHAINS; i++) {
    while (chains[i] != NULL) drop(&chains[i]);
  }
}

void store_each(void (*each)(const struct entry *entry, void *context), void *context) {
  int64_t now = now_ms();
  for (size_t i = 0; i < CHAINS; i++) {
    for (struct entry **place = &chains[i]; *place != NULL;) {
      if ((*place)->expires_ms != 0 && (*place)->expires_ms <= now) {
        drop(place);
        continue;
      }
      each(*place, context);
      place = &(*place)->next;
    }
  }
}

static void nothing(const struct entry *entry, void *context) { (void)entry, (void)context; }

size_t store_count(void) {
  store_each(nothing, NULL);
  return count;
}

size_t store_bytes(void) { return bytes; }

/* The entry that goes first: least recently used, or of those with an end the one that ends first. */
static struct entry **first_to_go(const char *policy) {
  bool ending = strncmp(policy, "volatile", 8) == 0;
  bool by_end = strcmp(policy, "volatile-ttl") == 0;
  struct entry **first = NULL;
  for (size_t i = 0; i < CHAINS; i++) {
    for (struct entry **place = &chains[i]; *place != NULL; place = &(*place)->next) {
      if (ending && (*place)->expires_ms == 0) continue;
      bool sooner = first == NULL || (by_end ? (*place)->expires_ms < (*first)->expires_ms : (*place)->used < (*first)->used);
      if (sooner) first = place;
    }
  }
  return first;
}

bool store_make_room(void) {
  size_t limit = max_memory();
  const char *policy = setting("maxmemory-policy");
  while (limit > 0 && bytes > limit) {
    struct entry **first = strcmp(policy, "noeviction") == 0 ? NULL : first_to_go(policy);
    if (first == NULL) return false;
    drop(first);
  }
  return true;
}
