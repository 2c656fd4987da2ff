/* share_receiver SOCKET: listens on a Unix socket and prints what comes: arrays that
 * share_sender.c, an unrelated process, hands over by descriptor. Nothing is copied. */
#define _GNU_SOURCE
#include <forebay/forebay.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what) {
  fprintf(stderr, "share_receiver: %s\n", what);
  return 1;
}

/* The connection of one sender; -1 on failure. */
static int accept_sender(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
  int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (listener < 0) return -1;
  if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(listener, 1) != 0)
    return -1;
  puts("listening");
  fflush(stdout);
  int connection = accept(listener, NULL, NULL);
  close(listener);
  unlink(path);
  return connection;
}

/* The next descriptor; -1 at the end. */
static int receive_descriptor(int connection) {
  char byte = 0;
  struct iovec data = {&byte, 1};
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof(control.bytes)};
  if (recvmsg(connection, &message, MSG_CMSG_CLOEXEC) <= 0) return -1;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head == NULL || head->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor = -1;
  memcpy(&descriptor, CMSG_DATA(head), sizeof(descriptor));
  return descriptor;
}

/* The sum of the column `pos`, which is at column 1, in whatever layout the rows are. */
static long long sum_of_pos(const forebay_array *array, uint64_t rows) {
  forebay_array_column pos = {.struct_size = sizeof(pos)};
  long long sum = 0;
  if (forebay_array_column_get(array, 1, &pos, NULL) != FOREBAY_OK) return -1;
  for (uint64_t i = 0; i < rows; i++) {
    int32_t value;
    memcpy(&value, (const char *)pos.data + i * pos.stride, sizeof(value));
    sum += value;
  }
  return sum;
}

int main(int argc, char **argv) {
  if (argc != 2) return fail("usage: share_receiver SOCKET");
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  if (forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err) != FOREBAY_OK)
    return fail(err.message);
  int connection = accept_sender(argv[1]);
  if (connection < 0) return fail("the socket cannot be had");
  unsigned long long rows = 0;
  long long sum = 0;
  for (int descriptor; (descriptor = receive_descriptor(connection)) >= 0;) {
    forebay_array *array = NULL;
    forebay_status rc = forebay_array_attach(descriptor, row, &array, &err);
    close(descriptor); /* the array does not need it */
    if (rc != FOREBAY_OK) return fail(err.message);
    forebay_array_view view = FOREBAY_ARRAY_VIEW_INIT;
    forebay_array_view_get(array, &view, NULL);
    rows += view.rows;
    sum += sum_of_pos(array, view.rows);
    forebay_array_release(array);
  }
  printf("%llu rows, sum of pos %lld\n", rows, sum);
  forebay_dtype_free(row);
  return 0;
}
