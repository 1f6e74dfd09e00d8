/* Load client for webhooks: keep-alive connections in one thread, requests from a file of prepared ones.
 *
 * load <port> <connections> <seconds> <per second, 0 = as fast as answers come> <file> <run>
 *
 * The file holds requests as "<length in decimal>\n<bytes>"; in each the placeholder @@@@@@@@@@@@@@@@ (16 bytes) is
 * overwritten by the run (4 hex digits) and a running number, so that every delivery id is new. Answers must carry
 * Content-Length. With a rate, a request's latency counts from the moment at which it should have been sent, so a
 * server that stalls cannot hide what it made others wait. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "@@@@@@@@@@@@@@@@"
#define MOST_REQUESTS 4096
#define MOST_CONNECTIONS 1024
#define MOST_SAMPLES 4000000

struct request {
    char *bytes;
    size_t length, mark;
};

struct connection {
    int fd, busy;
    double due;
    struct request *request;
    size_t sent, have;
    char mark[17];
    char answer[8192];
};

static struct request requests[MOST_REQUESTS];
static int request_count;
static struct connection connections[MOST_CONNECTIONS];
static double samples[MOST_SAMPLES];
static long sample_count, accepted, other, failed;
static unsigned long serial;
static unsigned run;
static int epoll;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void read_requests(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t length;
    if (!file)
        die(path);
    while (request_count < MOST_REQUESTS && fscanf(file, "%zu", &length) == 1) {
        struct request *one = &requests[request_count++];
        fgetc(file);
        one->bytes = malloc(length);
        one->length = length;
        if (fread(one->bytes, 1, length, file) != length)
            die("short request");
        char *mark = memmem(one->bytes, length, MARK, 16);
        if (!mark)
            die("no placeholder");
        one->mark = mark - one->bytes;
    }
    fclose(file);
}

static void open_connection(struct connection *one, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    one->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(one->fd, (struct sockaddr *)&to, sizeof to))
        die("connect");
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(one->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    epoll_ctl(epoll, EPOLL_CTL_ADD, one->fd, &event);
}

static void watch(struct connection *one, unsigned events)
{
    struct epoll_event event = {.events = events, .data.ptr = one};
    epoll_ctl(epoll, EPOLL_CTL_MOD, one->fd, &event);
}

/* The request is sent in three parts, so that the shared bytes are never changed. */
static int push(struct connection *one)
{
    struct request *r = one->request;
    while (one->sent < r->length) {
        const char *from;
        size_t until;
        if (one->sent < r->mark)
            from = r->bytes + one->sent, until = r->mark;
        else if (one->sent < r->mark + 16)
            from = one->mark + (one->sent - r->mark), until = r->mark + 16;
        else
            from = r->bytes + one->sent, until = r->length;
        ssize_t wrote = send(one->fd, from, until - one->sent, until < r->length ? MSG_MORE | MSG_NOSIGNAL : MSG_NOSIGNAL);
        if (wrote < 0) {
            if (errno == EAGAIN)
                return 0;
            die("send");
        }
        one->sent += wrote;
    }
    return 1;
}

static void start(struct connection *one, double due)
{
    one->request = &requests[serial % request_count];
    snprintf(one->mark, sizeof one->mark, "%04x%012lx", run & 0xffff, serial++);
    one->busy = 1;
    one->due = due;
    one->sent = one->have = 0;
    if (!push(one))
        watch(one, EPOLLIN | EPOLLOUT);
}

/* Gives 1 once the whole answer is here. */
static int pull(struct connection *one)
{
    for (;;) {
        ssize_t got = recv(one->fd, one->answer + one->have, sizeof one->answer - 1 - one->have, 0);
        if (got < 0 && errno == EAGAIN)
            return 0;
        if (got <= 0)
            die("the server closed a connection");
        one->have += got;
        one->answer[one->have] = 0;
        char *end = strstr(one->answer, "\r\n\r\n");
        if (!end)
            continue;
        char *length = strcasestr(one->answer, "content-length:");
        if (!length)
            die("no content-length");
        if (one->have >= (size_t)(end + 4 - one->answer) + atol(length + 15))
            return 1;
    }
}

static void finish(struct connection *one, double at)
{
    int status = atoi(one->answer + 9);
    if (status == 202)
        accepted++;
    else if (status < 500)
        other++;
    else
        failed++;
    if (sample_count < MOST_SAMPLES)
        samples[sample_count++] = at - one->due;
    one->busy = 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double at_share(double share)
{
    return sample_count ? samples[(long)(share * (sample_count - 1))] * 1000 : 0;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return fprintf(stderr, "load port connections seconds rate file run\n"), 2;
    int port = atoi(argv[1]), count = atoi(argv[2]);
    double seconds = atof(argv[3]), rate = atof(argv[4]);
    run = strtoul(argv[6], NULL, 10);
    read_requests(argv[5]);
    epoll = epoll_create1(0);
    for (int i = 0; i < count; i++)
        open_connection(&connections[i], port);

    double begun = now(), end = begun + seconds, next = begun;
    int busy = 0;
    if (!rate)
        for (; busy < count; busy++)
            start(&connections[busy], now());
    while (now() < end || busy) {
        if (now() > end + 30)
            die("answers are missing");
        if (rate) {
            /* Requests that found no free connection go as soon as there is one, late by their own count. */
            for (int i = 0; i < count && next <= now() && next < end; i++)
                if (!connections[i].busy) {
                    start(&connections[i], next);
                    next += 1 / rate;
                    busy++;
                }
        }
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, rate ? 1 : 100);
        for (int i = 0; i < ready; i++) {
            struct connection *one = events[i].data.ptr;
            if ((events[i].events & EPOLLOUT) && one->busy && push(one))
                watch(one, EPOLLIN);
            if ((events[i].events & EPOLLIN) && pull(one)) {
                double at = now();
                finish(one, at);
                if (!rate && at < end)
                    start(one, at);
                else
                    busy--;
            }
        }
    }
    double took = now() - begun;
    qsort(samples, sample_count, sizeof *samples, ascending);
    printf("{\"seconds\": %.3f, \"accepted\": %ld, \"other\": %ld, \"failed\": %ld, \"per_second\": %.1f, "
           "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
           took, accepted, other, failed, accepted / took, at_share(0.5), at_share(0.99), at_share(1));
    return 0;
}
