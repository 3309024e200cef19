-- Asks for the paths in the file that the environment variable PATHS names, one after the other in an order of chance.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end

function init()
  math.randomseed(os.time())
end

function request()
  return wrk.format("GET", paths[math.random(#paths)])
end
