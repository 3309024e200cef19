# What the scripts here read from the output of wrk; to be sourced.

# A latency of wrk (us, ms, s, m) in milliseconds.
millis() {
  awk -v text="$1" 'BEGIN {
    value = text + 0
    if (text ~ /us$/) value /= 1000
    else if (text ~ /ms$/) value *= 1
    else if (text ~ /m$/) value *= 60000
    else if (text ~ /s$/) value *= 1000
    printf "%.2f", value
  }'
}
