const unsigned words[] = {0xd69f03e0, 0xd51cc000, 0xd45e0000};
int main(int argc, char **argv)
{
    (void)argv;
    return (int)words[argc & 1];
}
void _start(void)
{
    for (;;)
        main(1, 0);
}
