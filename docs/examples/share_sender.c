/* share_sender SOCKET FILE...: loads text files and hands each array to the process that listens on
 * the Unix socket: share_receiver.c, or share.py. */
#define _GNU_SOURCE
#include <forebay/forebay.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what) {
  fprintf(stderr, "share_sender: %s\n", what);
  return 1;
}

/* -1 on failure. */
static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
  int connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof(address)) != 0)
    return -1;
  return connection;
}

/* One byte, and the descriptor with it. */
static int send_descriptor(int connection, int descriptor) {
  char byte = 'a';
  struct iovec data = {&byte, 1};
  union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {.bytes = {0}};
  struct msghdr message = {.msg_iov = &data,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof(control.bytes)};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &descriptor, sizeof(descriptor));
  return sendmsg(connection, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* 0 when the rows are on their way; `array` may be released then. */
static int hand_over(int connection, const forebay_array *array) {
  forebay_error err = FOREBAY_ERROR_INIT;
  int32_t descriptor = -1;
  if (forebay_array_share(array, &descriptor, &err) != FOREBAY_OK) return fail(err.message);
  int sent = send_descriptor(connection, descriptor);
  close(descriptor); /* the receiver has one of its own */
  return sent == 0 ? 0 : fail("the receiver is gone");
}

int main(int argc, char **argv) {
  if (argc < 3) return fail("usage: share_sender SOCKET FILE...");
  forebay_error err = FOREBAY_ERROR_INIT;
  forebay_dtype *row = NULL;
  forebay_loader *loader = NULL;
  forebay_array *array = NULL;
  forebay_status rc;
  forebay_loader_options options = FOREBAY_LOADER_OPTIONS_INIT;
  options.layout = FOREBAY_ARRAY_COLUMNS; /* each column in one piece */
  if (forebay_dtype_parse("chr:S10,pos:i4,pct:f4,c:i4,t:i4", &row, &err) != FOREBAY_OK ||
      forebay_loader_open(row, &options, &loader, &err) != FOREBAY_OK)
    return fail(err.message);
  int connection = connect_to(argv[1]);
  if (connection < 0) return fail("nobody listens there");
  for (int i = 2; i < argc; i++) forebay_loader_add_file(loader, argv[i], NULL, &err);
  while ((rc = forebay_loader_next(loader, -1, &array, &err)) == FOREBAY_OK) {
    int outcome = hand_over(connection, array);
    forebay_array_release(array);
    if (outcome != 0) return outcome;
  }
  if (rc != FOREBAY_END) return fail(err.message);
  close(connection);
  forebay_loader_close(loader);
  forebay_dtype_free(row);
  return 0;
}
