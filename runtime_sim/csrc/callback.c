/* Calling OCaml: a closure of the simulated OCaml side is a block with the host's code in it. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>

#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

/* --- functions ---

   What a simulated OCaml function does.  Its closure and then its arguments are the live values of
   its frame. */
typedef value (*ocaml_function)(sim *, value *frame, int n);

/* Where the environment starts: after the code, the word about it and, unless there is one
   argument, the code for all at once. */
static mlsize_t environment_of(int arity)
{
  return arity == 0 || arity == 1 ? 2 : 3;
}

static int arity_of(value closure)
{
  return (int) (FIELDS(closure)[1] >> 56);
}

static value *captured(value closure)
{
  return &FIELDS(closure)[environment_of(arity_of(closure))];
}

static value identity(sim *s, value *frame, int n)
{
  (void) s;
  return n == 0 ? Val_unit : frame[1];
}

static value constant(sim *s, value *frame, int n)
{
  (void) s, (void) n;
  return captured(frame[0])[0];
}

static value raise_not_found(sim *s, value *frame, int n)
{
  (void) s, (void) frame, (void) n;
  caml_raise_not_found();
}

/* Compiled code allocates by itself, and when it enters the collector its values are in registers. */
static value pair(sim *s, value *frame, int n)
{
  value registers[SAVED_REGISTERS] = { frame[1], n > 1 ? frame[2] : frame[1] };
  caller by = { "a program", NULL };
  ocaml_stack before = s->stack;
  sim_push_allocation(s, registers);
  sim_point_for(s, Whsize_wosize(2), by);
  s->stack = before;
  value block = sim_take(s, 2, 0, CHUNK_YOUNG, by);
  memcpy((void *) block, registers, 2 * sizeof(value));
  return block;
}

/* An external: its environment is a C function and the first arguments for it. */
static value primitive(sim *s, value *frame, int n)
{
  int first = (int) (Wosize_hd(HEADER(captured(frame[0])[0])) - 1);
  value *args = sim_push_call(s, (size_t) (first + n));
  const value *kept = FIELDS(captured(frame[0])[0]);
  memcpy(args, kept + 1, (size_t) first * sizeof(value));
  memcpy(args + first, frame + 1, (size_t) n * sizeof(value));
  return sim_apply(s, (void *) Long_val(kept[0]), NULL, first + n, args);
}

static const ocaml_function functions[] = { identity, constant, raise_not_found, pair, primitive };

static value closure_of(sim *s, ocaml_function function, int arity, mlsize_t size)
{
  mlsize_t start = environment_of(arity);
  value block = sim_take(s, start + size, Closure_tag, CHUNK_YOUNG, (caller){ "a program", NULL });
  for (mlsize_t i = 0; i < start; i++) FIELDS(block)[i] = (value) function;
  FIELDS(block)[1] = (value) (((uintnat) arity << 56) | (start << 1) | 1);
  return block;
}

/* A closure of one function, with one value for its environment. */
value sim_closure(int function, int arity, value environment)
{
  sim *s = sim_current;
  value block = closure_of(s, functions[function], arity, 1), *field = captured(block);
  if (s->making_local) *field = environment; /* the closure is copied to where that may be */
  else caml_initialize((caml_sim_cell *) field, environment);
  return block;
}

/* --- application --- */

static void check_closure(sim *s, value closure, caller by)
{
  sim_live(s, closure, "a closure is called", by.site);
  if (Tag_hd(HEADER(closure)) != Closure_tag)
    sim_fail(s, "type-mismatch", by.site, "what is called is no closure");
}

/* Runs a function in a frame of its own, in which the result is then alive. */
static value run(sim *s, value closure, int n, const value *args, caller by)
{
  ocaml_stack before = s->stack;
  value *frame = sim_push_call(s, (size_t) n + 1);
  frame[0] = closure;
  memcpy(frame + 1, args, (size_t) n * sizeof(value));
  sim_point(s, by);
  value result = ((ocaml_function) FIELDS(frame[0])[0])(s, frame, n);
  s->stack = before;
  frame = sim_push_call(s, 1);
  frame[0] = result;
  sim_point(s, by);
  s->stack = before;
  return frame[0];
}

/* What is left to do when the arguments that were missing come: the closure, and those it had. */
static value resume(sim *s, value *frame, int n)
{
  int had = (int) (Wosize_hd(HEADER(frame[0])) - environment_of(arity_of(frame[0]))) - 1;
  value *all = sim_push_call(s, (size_t) (1 + had + n));
  memcpy(all, captured(frame[0]), (size_t) (1 + had) * sizeof(value));
  memcpy(all + 1 + had, frame + 1, (size_t) n * sizeof(value));
  return ((ocaml_function) FIELDS(all[0])[0])(s, all, had + n);
}

static value partial(sim *s, value closure, int n, const value *args, caller by)
{
  ocaml_stack before = s->stack;
  value *frame = sim_push_call(s, (size_t) n + 1);
  frame[0] = closure;
  memcpy(frame + 1, args, (size_t) n * sizeof(value));
  int arity = arity_of(frame[0]) - n;
  mlsize_t captures = (mlsize_t) n + 1;
  sim_point_for(s, Whsize_wosize(environment_of(arity) + captures), by);
  value block = closure_of(s, resume, arity, captures);
  memcpy(captured(block), frame, ((size_t) n + 1) * sizeof(value));
  s->stack = before;
  return block;
}

/* Applies a closure to as many arguments as it takes, and what that gives to the rest. */
static value apply(sim *s, int n, value *frame, caller by)
{
  value closure = frame[0];
  const value *args = frame + 1;
  while (n > 0) {
    check_closure(s, closure, by);
    int arity = arity_of(closure) < 1 ? 1 : arity_of(closure);
    if (n < arity) return partial(s, closure, n, args, by);
    closure = run(s, closure, arity, args, by);
    args += arity;
    n -= arity;
  }
  return closure;
}

static value enter(sim *s, value closure, int n, const value *args, caller by)
{
  if (s->operation != NULL)
    sim_fail(s, "finaliser-uses-runtime", by.site, "OCaml is called while a custom block is %s",
             s->operation);
  check_closure(s, closure, by);
  for (int i = 0; i < n; i++) sim_check_value(s, args[i], "given to a closure", by.site);
  ocaml_stack before = s->stack;
  sim_push_link(s);
  value *frame = sim_push_call(s, (size_t) n + 1);
  frame[0] = closure;
  memcpy(frame + 1, args, (size_t) n * sizeof(value));
  value result = apply(s, n, frame, by);
  s->stack = before;
  return result;
}

static value guarded(sim *s, value closure, int n, const value *args, caller by)
{
  handler h = { .roots = s->local_roots, .stack = s->stack, .frames = s->frames.count,
                .outer = s->handlers };
  if (setjmp(h.context) != 0) return Make_exception_result(s->exception);
  s->handlers = &h;
  value result = enter(s, closure, n, args, by);
  s->handlers = h.outer;
  return result;
}

value sim_callback(sim *s, value closure, value argument, caller by)
{
  return guarded(s, closure, 1, &argument, by);
}

SIM_EXPORT value caml_callbackN_exn(value closure, int n, value args[])
{
  sim *s = ENTER("caml_callbackN_exn");
  return guarded(s, closure, n, args, (caller){ "caml_callbackN_exn", SITE });
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
