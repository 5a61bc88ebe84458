# Words of the table's floating-point rows, and of what else the oracles of
# others have not, with random fields: the instructions of
# tests/float/instructions.c. Sourced, not run; $seed chooses.
# shellcheck shell=sh disable=SC2154

# Few processors have all of these; QEMU does.
more='^(S|U|US)MMLA|^(US|SU)DOT|^AES|^SHA[0-9]|^SM[34]|^PMULL'
more="$more|^EOR3_|^BCAX_|^RAX1_|^XAR_"

# words COUNT EXCEPT MORE <TABLE >WORDS 2>ROWS: COUNT of each row, and how many
# rows these are. Where operands may be general registers they are X0 to X7.
words()
{
    SEED=$seed WORDS=$1 EXCEPT=$2 MORE=$3 perl -ne '
        BEGIN { srand($ENV{SEED}); }
        my ($name, $mask, $value, $feature, $status, $text) = split /\t/;
        next unless $name =~ /^(F|BF|[SU]CVTF)/ && $text =~ /<v/i ||
            $name =~ /$ENV{MORE}/;
        next if $status ne "implemented" || $name =~ /$ENV{EXCEPT}/;
        $rows++;
        for (1 .. $ENV{WORDS}) {
            my $fields = ~hex($mask) & 0xffffffff;
            $fields &= ~0x318 if $name =~ /_float2(int|fix)/;
            print pack "V", hex($value) | (int(rand(2 ** 32)) & $fields);
        }
        END { print STDERR $rows; }'
}

# allocated TEXT <WORDS: the words that decode, each with a RET.
allocated()
{
    TEXT=$1 perl -e '
        open my $text, "<", $ENV{TEXT} or die;
        while (read STDIN, my $word, 4) {
            my $line = <$text>;
            print $word, pack "V", 0xd65f03c0 if $line !~ /\.inst/;
        }'
}
