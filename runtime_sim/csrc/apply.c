/* Calling a C function as OCaml code does: compiled code, and the interpreter of bytecode. */
#include "sim.h"

#include <string.h>

#define FIELDS(block) ((value *) (block))

/* --- compiled code ---

   On the machines that are known words and doubles are given registers independently of each
   other, in their order; what is left goes on the stack, in words, in the order of all.  So every
   call is one of a function of as many doubles as there are registers and then words enough: what
   is too much in a register or on the stack is not looked at. */

enum { DOUBLE_REGISTERS = 8, STACK_WORDS = 24 };
#if defined __x86_64__
enum { WORD_REGISTERS = 6 };
#define REGISTER_WORDS w[0], w[1], w[2], w[3], w[4], w[5]
#define REGISTER_TYPES long, long, long, long, long, long
#elif defined __aarch64__
enum { WORD_REGISTERS = 8 };
#define REGISTER_WORDS w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]
#define REGISTER_TYPES long, long, long, long, long, long, long, long
#else
#error "how this machine passes arguments is not known"
#endif

#define EIGHT(x) x, x, x, x, x, x, x, x
#define TYPES EIGHT(double), REGISTER_TYPES, EIGHT(long), EIGHT(long), EIGHT(long)
#define EIGHT_OF(a, i) a[i], a[i + 1], a[i + 2], a[i + 3], a[i + 4], a[i + 5], a[i + 6], a[i + 7]
#define ARGUMENTS EIGHT_OF(d, 0), REGISTER_WORDS, EIGHT_OF(t, 0), EIGHT_OF(t, 8), EIGHT_OF(t, 16)

typedef long (*word_function)(TYPES);
typedef double (*double_function)(TYPES);

/* The number in a boxed integer, or in an int that is passed untagged. */
static long integer_of(value v, char type)
{
  if (Is_long(v)) return Long_val(v);
  return type == 'i' ? *(int32_t *) &FIELDS(v)[1] : FIELDS(v)[1];
}

/* The caller boxes what is returned raw, and allocates on its own account. */
static value boxed(sim *s, char type, long number)
{
  caller by = { "the caller", NULL };
  if (type == 'v') return number;
  if (type == 'u') return Val_long(number);
  if (type == 'h') return Val_long((int16_t) number);
  if (type == 'b') return Val_long((int8_t) number);
  const struct custom_operations *ops = type == 'i'   ? &caml_int32_ops
                                        : type == 'I' ? &caml_int64_ops
                                                      : &caml_nativeint_ops;
  value block = sim_take(s, 2, Custom_tag, CHUNK_OLD, by);
  FIELDS(block)[0] = (value) ops;
  FIELDS(block)[1] = type == 'i' ? (int32_t) number : number;
  return block;
}

static value boxed_double(sim *s, double number)
{
  value block = sim_take(s, 1, Double_tag, CHUNK_OLD, (caller){ "the caller", NULL });
  *(double *) block = number;
  return block;
}

/* A type for each argument and one for the result: `v` a value, `d` a double, `i`, `I` and `n` an
   integer of 32 bits, of 64 bits or of a word that OCaml has boxed, `u` an untagged int, `h` and `b` one
   of 16 or 8 bits. */
static value call_native(sim *s, void *primitive, const char *types, long n, const value *args)
{
  double d[DOUBLE_REGISTERS] = { 0 };
  long w[WORD_REGISTERS] = { 0 }, t[STACK_WORDS] = { 0 };
  int doubles = 0, words = 0, stacked = 0;
  for (long i = 0; i < n; i++) {
    bool is_double = types[i] == 'd';
    long word = types[i] == 'v' ? args[i] : is_double ? FIELDS(args[i])[0]
                                                      : integer_of(args[i], types[i]);
    if (is_double && doubles < DOUBLE_REGISTERS) memcpy(&d[doubles++], &word, sizeof word);
    else if (!is_double && words < WORD_REGISTERS) w[words++] = word;
    else if (stacked < STACK_WORDS) t[stacked++] = word;
    else sim_fail(s, "internal", NULL, "more arguments than a call of the host's can have");
  }
  if (types[n] == 'd') return boxed_double(s, ((double_function) primitive)(ARGUMENTS));
  return boxed(s, types[n], ((word_function) primitive)(ARGUMENTS));
}

/* --- bytecode --- */

enum { MOST_BY_REGISTER = 5 };

static value call_bytecode(sim *s, void *primitive, long n, value *args)
{
  if (n <= MOST_BY_REGISTER) return call_native(s, primitive, "vvvvvv", n, args);
  return ((value (*)(value *, int)) primitive)(args, (int) n);
}

/* --- what must be so afterwards --- */

static void check_return(
  sim *s, const struct caml__roots_block *roots, size_t frames, value result)
{
  if (sim_is_released(s))
    sim_fail(s, "lock-imbalance", s->released_at,
             "the primitive returns with the runtime lock released here");
  if (s->frames.count > frames)
    sim_fail(s, "missing-camlreturn", s->frames.items[s->frames.count - 1].site,
             "the primitive returns with the frame open that was opened here");
  if (s->local_roots != roots)
    sim_fail(s, "missing-camlreturn", NULL, "the primitive returns with a frame open");
  sim_check_result(s, result);
}

/* Calls a primitive with the live values of the frame that was pushed last; bytecode without types. */
value sim_apply(sim *s, void *primitive, const char *types, long n, value *args)
{
  const struct caml__roots_block *roots = s->local_roots;
  size_t frames = s->frames.count;
  value result = types == NULL ? call_bytecode(s, primitive, n, args)
                               : call_native(s, primitive, types, n, args);
  check_return(s, roots, frames, result);
  return result;
}
