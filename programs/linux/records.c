/*
 * Sorts N records (the argument, 200 if there is none) by qsort() in three
 * orders and looks some of them up by bsearch(). A record has a name, a weight
 * and a date; keys repeat, so each order is made total by the record's number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct record {
    char name[8];
    double weight;
    unsigned date;
    unsigned number;
};

static unsigned state;

static unsigned next(unsigned below)
{
    state = state * 1664525u + 1013904223u;
    return (state >> 10) % below;
}

static int by_number(const struct record *a, const struct record *b)
{
    return (a->number > b->number) - (a->number < b->number);
}

static int by_name(const void *a, const void *b)
{
    const struct record *first = a, *second = b;
    int order = strcmp(first->name, second->name);

    return order != 0 ? order : by_number(first, second);
}

static int by_weight(const void *a, const void *b)
{
    const struct record *first = a, *second = b;
    int order =
        (first->weight > second->weight) - (first->weight < second->weight);

    return order != 0 ? order : by_number(first, second);
}

static int by_date(const void *a, const void *b)
{
    const struct record *first = a, *second = b;
    int order = (first->date > second->date) - (first->date < second->date);

    return order != 0 ? order : by_number(first, second);
}

static int by_name_alone(const void *a, const void *b)
{
    return strcmp(((const struct record *)a)->name,
                  ((const struct record *)b)->name);
}

static void fill(struct record *records, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct record *r = &records[i];
        size_t length = 1 + next(3);

        memset(r, 0, sizeof *r);
        for (size_t k = 0; k < length; k++)
            r->name[k] = (char)('a' + next(26));
        r->weight = next(5000) / 7.0;
        r->date = 20000101 + next(300);
        r->number = (unsigned)i;
    }
}

static void show(const char *order, const struct record *records, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++)
        sum = sum * 31 + records[i].number;
    printf("%s: first %s %.3f %u, last %s %.3f %u, sum %08x\n", order,
           records[0].name, records[0].weight, records[0].date,
           records[n - 1].name, records[n - 1].weight, records[n - 1].date,
           sum);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 200;
    struct record *records, key = {.name = "a"};
    unsigned found = 0;

    if (count < 1 ||
        (records = malloc((size_t)count * sizeof *records)) == NULL)
        return 1;
    state = (unsigned)count;
    fill(records, (size_t)count);
    qsort(records, (size_t)count, sizeof *records, by_weight);
    show("weight", records, (size_t)count);
    qsort(records, (size_t)count, sizeof *records, by_date);
    show("date", records, (size_t)count);
    qsort(records, (size_t)count, sizeof *records, by_name);
    show("name", records, (size_t)count);
    for (; key.name[0] <= 'z'; key.name[0]++)
        found += bsearch(&key, records, (size_t)count, sizeof *records,
                         by_name_alone) != NULL;
    printf("%u names of one letter\n", found);
    free(records);
    return 0;
}
