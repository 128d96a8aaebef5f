"""What a primitive leaves behind is looked at: old addresses, and what is lost at a raise.

So is what it gives to the system, which would not fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, GENERATIONAL, Fault, Outcome, Policy, at_point
from runtime_sim.runtime import Runtime
from tests.runtime_sim.test_faults import argument, line_of

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/threads.h>

struct node {
  value held;
  const char *text;
  struct node *next;
};

static struct custom_operations nodes = {
  "nodes", custom_finalize_default, custom_compare_default, custom_hash_default,
  custom_serialize_default, custom_deserialize_default, custom_compare_ext_default,
  custom_fixed_length_default
};

static value last;
static struct node *list;
static struct node first_node;
static const char *input;
static const value *fields;

/* --- addresses that are left --- */

/* bad: unregistered-global-root */
value kept_in_a_variable(value v_pair) /* seen */
{
  last = v_pair;
  return Val_unit;
}

/* bad: pointer-escape */
value text_in_the_environment(value v_text)
{
  return Val_int(putenv((char *) String_val(v_text))); /* seen */
}

/* bad: pointer-escape */
value text_as_a_buffer(value v_text)
{
  setbuf(stdout, (char *) String_val(v_text)); /* seen */
  return Val_unit;
}

/* bad: pointer-escape */
value text_of_a_thread(value v_text)
{
  static pthread_key_t key;
  if (key == 0) pthread_key_create(&key, NULL);
  return Val_int(pthread_setspecific(key, String_val(v_text))); /* seen */
}

/* good */
value copy_in_the_environment(value v_text)
{
  return Val_int(putenv(caml_stat_strdup(String_val(v_text))));
}

/* bad: bad-tag */
value values_in_an_abstract_block(value v_pair) /* seen */
{
  CAMLparam1(v_pair);
  value entry = caml_alloc_small(2, Abstract_tag);
  Field(entry, 0) = v_pair;
  Field(entry, 1) = Val_int(1);
  CAMLreturn(entry);
}

/* bad: unregistered-global-root */
value value_in_abstract_data(value v_pair) /* seen */
{
  CAMLparam1(v_pair);
  value entry = caml_alloc(sizeof(struct node) / sizeof(value), Abstract_tag);
  struct node *n = Data_abstract_val(entry);
  n->held = v_pair;
  CAMLreturn(entry);
}

/* bad: unregistered-global-root */
value own_block_in_a_structure(value v_n) /* seen */
{
  first_node.held = caml_alloc_tuple(3);
  return Val_unit;
}

/* bad: unregistered-global-root */
value kept_in_memory_of_c(value v_pair) /* seen */
{
  struct node *node = malloc(sizeof *node); /* kept */
  node->held = v_pair;
  list = node;
  return Val_unit;
}

/* bad: unregistered-global-root */
value kept_where_memory_was_resized(value v_pair) /* seen */
{
  struct node *node = calloc(1, sizeof *node);
  node->held = v_pair;
  list = realloc(node, 100 * sizeof *node); /* kept */
  return Val_unit;
}

/* bad: unregistered-global-root */
value kept_in_a_custom_block(value v_pair) /* seen */
{
  CAMLparam1(v_pair);
  value node = caml_alloc_custom(&nodes, sizeof(struct node), 0, 1);
  *(struct node *) Data_custom_val(node) = (struct node){ v_pair, NULL, NULL };
  CAMLreturn(node);
}

/* bad: unregistered-global-root */
value kept_when_it_raises(value v_pair) /* seen */
{
  last = v_pair;
  caml_raise_not_found();
}

/* bad: pointer-escape */
value text_kept_in_a_variable(value v_text) /* seen */
{
  input = String_val(v_text);
  return Val_unit;
}

/* bad: pointer-escape */
value tail_kept_in_memory_of_c(value v_text) /* seen */
{
  list = malloc(sizeof *list); /* kept */
  list->text = String_val(v_text) + 2;
  return Val_unit;
}

/* bad: pointer-escape */
value field_kept_in_a_variable(value v_pair) /* seen */
{
  fields = (const value *) &Field(v_pair, 1);
  return Val_unit;
}

/* good */
value kept_in_a_root(value v_pair)
{
  caml_register_global_root(&last);
  last = v_pair;
  return Val_unit;
}

/* good */
value root_removed(value v_pair)
{
  last = v_pair;
  caml_register_generational_global_root(&last);
  caml_remove_generational_global_root(&last);
  return Val_unit;
}

/* good */
value kept_in_a_registered_field(value v_pair)
{
  struct node *node = malloc(sizeof *node);
  node->held = v_pair;
  caml_register_generational_global_root(&node->held);
  list = node;
  return Val_unit;
}

/* good */
value variable_cleared(value v_pair)
{
  last = v_pair;
  input = String_val(Field(v_pair, 1));
  last = Val_unit;
  input = NULL;
  return Val_unit;
}

/* good */
value memory_given_back_and_had_again(value v_pair)
{
  struct node *node = malloc(sizeof *node);
  *node = (struct node){ v_pair, String_val(Field(v_pair, 1)), NULL };
  free(node);
  list = malloc(sizeof *list);
  return Val_unit;
}

/* good */
value pointer_cleared_unless_it_raises(value v_text, value v_n)
{
  input = String_val(v_text);
  if (Int_val(v_n) == 3) caml_raise_not_found();
  input = NULL;
  return Val_unit;
}

/* good */
value text_copied(value v_text)
{
  list = caml_stat_alloc(sizeof *list);
  list->held = Val_unit;
  list->text = caml_stat_strdup(String_val(v_text));
  list->next = NULL;
  return Val_unit;
}

/* good */
value value_on_the_stack(value v_pair)
{
  struct node node = { v_pair, String_val(Field(v_pair, 1)), NULL };
  return Val_long(node.text[0] - node.text[0]);
}

/* --- what is lost at a raise --- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int number;

/* bad: resource-leak-on-raise */
value memory_lost(value v_n)
{
  char *copy = strdup("some text"); /* made */
  if (Int_val(v_n) == 3 && copy[0] == 's') caml_failwith(copy); /* seen */
  free(copy);
  return Val_unit;
}

/* bad: resource-leak-on-raise */
value list_lost(value v_raise)
{
  struct node *volatile node = malloc(sizeof *node); /* made */
  node->next = node;
  value result = caml_callback(v_raise, Val_unit); /* seen */
  free(node);
  return result;
}

/* bad: resource-leak-on-raise */
value memory_of_the_runtime_lost(value v_n)
{
  void *memory = caml_stat_alloc(100); /* made */
  caml_invalid_argument("no"); /* seen */
  caml_stat_free(memory);
}

/* bad: resource-leak-on-raise */
value memory_lost_for_want_of_more(value v_n)
{
  char *copy = strdup("some text"); /* made */
  if (Int_val(v_n) == 3 && copy[0] == 's') caml_raise_out_of_memory(); /* seen */
  free(copy);
  return Val_unit;
}

/* bad: resource-leak-on-raise */
value directory_lost(value v_raise)
{
  DIR *directory = opendir("/"); /* made */
  caml_callback(v_raise, Val_unit); /* seen */
  closedir(directory);
  return Val_unit;
}

/* bad: resource-leak-on-raise */
value stream_lost(value v_n)
{
  FILE *stream = fopen("/dev/null", "r"); /* made */
  if (fgetc(stream) == EOF) caml_raise_end_of_file(); /* seen */
  fclose(stream);
  return Val_unit;
}

/* bad: resource-leak-on-raise */
value descriptor_lost(value v_text)
{
  int file = open("/dev/null", O_RDWR); /* made */
  if (write(file, "x", 1) == 1) caml_raise_not_found(); /* seen */
  close(file);
  return Val_unit;
}

/* bad: resource-leak-on-raise */
value mutex_left_locked(value v_n)
{
  pthread_mutex_lock(&mutex); /* made */
  if (Int_val(v_n) == 3) caml_raise_not_found(); /* seen */
  pthread_mutex_unlock(&mutex);
  return Val_unit;
}

/* good */
value all_given_back(value v_n)
{
  char *copy = strdup("some text");
  DIR *directory = opendir("/");
  FILE *stream = fdopen(open("/dev/null", O_RDONLY), "r");
  int ends[2];
  if (pipe(ends) != 0) return Val_unit;
  pthread_mutex_lock(&mutex);
  copy = realloc(copy, 1000);
  closedir(directory);
  fclose(stream);
  close(ends[0]);
  close(ends[1]);
  pthread_mutex_unlock(&mutex);
  free(copy);
  caml_failwith("no");
}

/* good */
value list_kept_in_a_variable(value v_n)
{
  struct node *node = calloc(1, sizeof *node);
  node->next = calloc(1, sizeof *node);
  node->next->text = (const char *) malloc(10) + 5;
  list = node;
  caml_raise_not_found();
}

static void free_node(value v_node)
{
  free(((struct node *) Data_custom_val(v_node))->next);
}

static struct custom_operations owners = {
  "owners", free_node, custom_compare_default, custom_hash_default,
  custom_serialize_default, custom_deserialize_default, custom_compare_ext_default,
  custom_fixed_length_default
};

/* good */
value memory_of_a_custom_block(value v_raise)
{
  CAMLparam1(v_raise);
  CAMLlocal1(node);
  node = caml_alloc_custom_mem(&owners, sizeof(struct node), 100);
  *(struct node *) Data_custom_val(node) = (struct node){ Val_unit, NULL, NULL };
  ((struct node *) Data_custom_val(node))->next = malloc(sizeof(struct node));
  caml_callback(v_raise, node);
  CAMLreturn(node);
}

/* good */
value descriptor_in_a_variable(value v_n)
{
  number = open("/dev/null", O_RDWR);
  caml_raise_not_found();
}

/* good */
value memory_in_a_field(value v_pair)
{
  caml_modify(&Field(v_pair, 0), (value) malloc(10) | 1);
  caml_raise_not_found();
}

/* good */
value memory_of_the_environment(value v_n)
{
  char *setting = strdup("STUBCHECK_TEST_SETTING=1");
  putenv(setting);
  caml_raise_not_found();
}

/* good */
value memory_of_the_runtime_runs_out(value v_n)
{
  char *copy = strdup("some text");
  value text = caml_alloc_string((mlsize_t) 1 << 60);
  free(copy);
  return text;
}

/* good */
value exception_that_is_handled(value v_raise)
{
  char *copy = strdup("some text");
  caml_callback_exn(v_raise, Val_unit);
  free(copy);
  return Val_unit;
}

/* --- memory that the system is given --- */

/* bad: stale-pointer */
value old_text_written(value v_text)
{
  CAMLparam1(v_text);
  const char *text = String_val(v_text);
  caml_alloc_string(10); /* moved */
  if (write(-1, text, 5) == 5) caml_raise_not_found(); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: stale-pointer */
value old_path_opened(value v_text)
{
  CAMLparam1(v_text);
  const char *path = String_val(v_text);
  caml_alloc_string(10); /* moved */
  number = open(path, O_RDONLY); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: value-access-without-lock */
value text_written_without_the_lock(value v_text)
{
  CAMLparam1(v_text);
  const char *text = String_val(v_text);
  caml_release_runtime_system();
  number = write(-1, text, 5); /* seen */
  caml_acquire_runtime_system();
  CAMLreturn(Val_unit);
}

/* bad: value-access-without-lock */
value bytes_read_without_the_lock(value v_text)
{
  CAMLparam1(v_text);
  struct iovec part = { Bytes_val(v_text), 5 };
  caml_release_runtime_system();
  number = readv(-1, &part, 1); /* seen */
  caml_acquire_runtime_system();
  CAMLreturn(Val_unit);
}

/* good */
value text_written(value v_text)
{
  char copy[6];
  int file = open("/dev/null", O_RDWR);
  number = write(file, String_val(v_text), 5);
  memcpy(copy, String_val(v_text), 6);
  caml_alloc_string(10);
  caml_release_runtime_system();
  number = write(file, copy, 5);
  caml_acquire_runtime_system();
  close(file);
  return Val_int(number);
}

/* good */
value pointer_that_the_system_refuses(value v_n)
{
  char *volatile nowhere = (char *) 16;
  int ends[2];
  if (pipe(ends) == 0 && write(ends[1], nowhere, 5) == -1) number = errno;
  close(ends[0]);
  close(ends[1]);
  return Val_bool(number == EFAULT);
}
"""


def functions(kind: str) -> dict[str, tuple[str, list[str], dict[str, int]]]:
    """Of each function that is marked so: the rule, the parameters, the lines marked in it."""
    found = {}
    for match in re.finditer(r"/\* (bad|good)(?:: (\S+))? \*/\nvalue (\w+)\((.*?)\).*", STUBS):
        if match[1] != kind:
            continue
        end = STUBS.index("\n}", match.start())
        lines = enumerate(STUBS[:end].split("\n"), 1)
        inside = [line for line in lines if line[0] > STUBS.count("\n", 0, match.start())]
        marks = {
            mark: number
            for number, line in inside
            for mark in ("seen", "kept", "made", "moved")
            if f"/* {mark} */" in line
        }
        found[match[3]] = (match[2] or "", re.findall(r"v_\w+", match[4]), marks)
    return found


BAD, GOOD = functions("bad"), functions("good")
POLICIES = [EVERY_POINT, at_point(1), GENERATIONAL]


@pytest.fixture(scope="module", params=list(Profile), ids=str)
def profile(request: pytest.FixtureRequest) -> Profile:
    return Profile(request.param)


@pytest.fixture(scope="module")
def stubs(profile: Profile, compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, profile)


def called(
    name: str, parameters: list[str], runtime_library: Path, stubs: Path, *how: Profile | Policy
) -> Outcome:
    profile, policy = how
    assert isinstance(profile, Profile)
    assert isinstance(policy, Policy)
    with Runtime(profile, policy, runtime_library) as runtime:
        runtime.load(stubs)
        outcome: Outcome | None = None
        for _ in range(2):
            outcome = runtime.call(name, *(argument(runtime, one) for one in parameters))
            if isinstance(outcome, Fault):
                return outcome
        assert outcome is not None
        return runtime.settle(name) or outcome


@pytest.mark.parametrize("name", BAD)
def test_what_is_left_wrong_is_shown(
    name: str, runtime_library: Path, stubs: Path, profile: Profile
) -> None:
    rule, parameters, marks = BAD[name]
    fault = called(name, parameters, runtime_library, stubs, profile, EVERY_POINT)
    assert isinstance(fault, Fault), fault
    assert (fault.rule, line_of(fault.site)) == (rule, marks["seen"]), fault
    if "kept" in marks:
        assert fault.message.endswith(f", line {marks['kept']}")
    if "made" in marks:
        assert line_of(fault.made_at) == marks["made"]
    if "moved" in marks:
        assert line_of(fault.moved_at) == marks["moved"]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("name", GOOD)
def test_what_is_left_right_is_clean(
    name: str, policy: Policy, runtime_library: Path, stubs: Path, profile: Profile
) -> None:
    outcome = called(name, GOOD[name][1], runtime_library, stubs, profile, policy)
    assert not isinstance(outcome, Fault), outcome


def test_what_keeps_an_old_address_is_named(runtime_library: Path, compile_stubs: Compile) -> None:
    stubs = compile_stubs(STUBS, Profile.OCAML_5)

    def message(name: str) -> str:
        parameters = BAD[name][1]
        fault = called(name, parameters, runtime_library, stubs, Profile.OCAML_5, EVERY_POINT)
        assert isinstance(fault, Fault)
        return fault.message

    assert message("kept_in_a_variable") == (
        "a value is left in a static variable, which is no registered root;"
        " 'last' (a static variable) keeps it"
    )
    assert "the data of a custom block" in message("kept_in_a_custom_block")
    assert "it is from malloc, line" in message("kept_in_memory_of_c")
    assert "it is from realloc, line" in message("kept_where_memory_was_resized")
