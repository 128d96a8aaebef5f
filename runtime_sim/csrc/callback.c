/* Calling OCaml: a closure of the simulated OCaml side is a block with the host's code in it. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>

#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))

/* What a simulated OCaml function does with its arguments; they are roots while it runs. */
typedef value (*ocaml_function)(value *args, int n, value environment);

static value identity(value *args, int n, value environment)
{
  (void) environment;
  return n == 0 ? Val_unit : args[0];
}

static value constant(value *args, int n, value environment)
{
  (void) args, (void) n;
  return environment;
}

static value raise_not_found(value *args, int n, value environment)
{
  (void) args, (void) n, (void) environment;
  caml_raise_not_found();
}

static value pair(value *args, int n, value environment)
{
  (void) environment;
  return caml_alloc_2(0, args[0], n > 1 ? args[1] : args[0]);
}

static const ocaml_function functions[] = { identity, constant, raise_not_found, pair };

/* A closure of one function: its code, the word about it, and its environment. */
value sim_closure(int function, int arity, value environment)
{
  sim *s = sim_current;
  value block = sim_take(s, 3, Closure_tag, CHUNK_YOUNG, (caller){ "a program", NULL });
  FIELDS(block)[0] = (value) functions[function];
  FIELDS(block)[1] = (value) (((uintnat) arity << 56) | (2 << 1) | 1);
  FIELDS(block)[2] = environment;
  return block;
}

static value run(sim *s, value closure, int n, value *args, caller by)
{
  if (s->operation != NULL)
    sim_fail(s, "finaliser-uses-runtime", by.site, "OCaml is called while a custom block is %s",
             s->operation);
  sim_live(s, closure, "a closure is called", by.site);
  for (int i = 0; i < n; i++) sim_check_value(s, args[i], "given to a closure", by.site);
  if (Tag_hd(((header_t *) closure)[-1]) != Closure_tag)
    sim_fail(s, "type-mismatch", by.site, "what is called is no closure");
  struct caml__roots_block callee = { s->local_roots, 1, 1, { &closure } };
  struct caml__roots_block arguments = { &callee, 1, n, { args } };
  s->local_roots = &arguments;
  sim_point(s, by);
  value result = ((ocaml_function) FIELDS(closure)[0])(args, n, FIELDS(closure)[2]);
  struct caml__roots_block kept = { callee.next, 1, 1, { &result } };
  s->local_roots = &kept;
  sim_point(s, by);
  s->local_roots = callee.next;
  return result;
}

static value guarded(sim *s, value closure, int n, value *args, caller by)
{
  handler h = { .roots = s->local_roots, .frames = s->frames.count, .outer = s->handlers };
  if (setjmp(h.context) != 0) return Make_exception_result(s->exception);
  s->handlers = &h;
  value result = run(s, closure, n, args, by);
  s->handlers = h.outer;
  return result;
}

SIM_EXPORT value caml_callbackN_exn(value closure, int n, value args[])
{
  sim *s = ENTER("caml_callbackN_exn");
  value *copy = malloc((size_t) (n == 0 ? 1 : n) * sizeof(value));
  if (copy == NULL) abort();
  memcpy(copy, args, (size_t) n * sizeof(value));
  value result = guarded(s, closure, n, copy, (caller){ "caml_callbackN_exn", SITE });
  free(copy);
  return result;
}

SIM_EXPORT value caml_callback_exn(value closure, value a)
{
  value args[] = { a };
  sim *s = ENTER("caml_callback_exn");
  return guarded(s, closure, 1, args, (caller){ "caml_callback_exn", SITE });
}

SIM_EXPORT value caml_callback2_exn(value closure, value a, value b)
{
  value args[] = { a, b };
  sim *s = ENTER("caml_callback2_exn");
  return guarded(s, closure, 2, args, (caller){ "caml_callback2_exn", SITE });
}

SIM_EXPORT value caml_callback3_exn(value closure, value a, value b, value c)
{
  value args[] = { a, b, c };
  sim *s = ENTER("caml_callback3_exn");
  return guarded(s, closure, 3, args, (caller){ "caml_callback3_exn", SITE });
}

static value or_raise(value result)
{
  if (Is_exception_result(result)) caml_raise(Extract_exception(result));
  return result;
}

SIM_EXPORT value caml_callback(value closure, value a)
{
  value args[] = { a };
  sim *s = ENTER("caml_callback");
  return or_raise(guarded(s, closure, 1, args, (caller){ "caml_callback", SITE }));
}

SIM_EXPORT value caml_callback2(value closure, value a, value b)
{
  value args[] = { a, b };
  sim *s = ENTER("caml_callback2");
  return or_raise(guarded(s, closure, 2, args, (caller){ "caml_callback2", SITE }));
}

SIM_EXPORT value caml_callback3(value closure, value a, value b, value c)
{
  value args[] = { a, b, c };
  sim *s = ENTER("caml_callback3");
  return or_raise(guarded(s, closure, 3, args, (caller){ "caml_callback3", SITE }));
}

SIM_EXPORT value caml_callbackN(value closure, int n, value args[])
{
  ENTER("caml_callbackN");
  return or_raise(caml_callbackN_exn(closure, n, args));
}

/* --- results that say of themselves what they are --- */

static caml_result result_of(value encoded)
{
  if (Is_exception_result(encoded)) return Result_exception(Extract_exception(encoded));
  return Result_value(encoded);
}

SIM_EXPORT caml_result caml_callback_res(value closure, value a)
{
  value args[] = { a };
  sim *s = ENTER("caml_callback_res");
  return result_of(guarded(s, closure, 1, args, HERE("caml_callback_res")));
}

SIM_EXPORT caml_result caml_callback2_res(value closure, value a, value b)
{
  value args[] = { a, b };
  sim *s = ENTER("caml_callback2_res");
  return result_of(guarded(s, closure, 2, args, HERE("caml_callback2_res")));
}

SIM_EXPORT caml_result caml_callback3_res(value closure, value a, value b, value c)
{
  value args[] = { a, b, c };
  sim *s = ENTER("caml_callback3_res");
  return result_of(guarded(s, closure, 3, args, HERE("caml_callback3_res")));
}

SIM_EXPORT caml_result caml_callbackN_res(value closure, int n, value args[])
{
  ENTER("caml_callbackN_res");
  return result_of(caml_callbackN_exn(closure, n, args));
}
