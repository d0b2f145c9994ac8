# The main job and its GUI.

.PHONY: demo demo-run play
demo:
	@sh tests/deps.sh demo
	@$(MAKE) --no-print-directory demo-run

demo-run: all
	@sh examples/demo/demo.sh

play:
	@sh tests/deps.sh play
	@$(MAKE) --no-print-directory all
	pd -path $(CURDIR) -path $(CURDIR)/externals/pd -open examples/01-learn-a-sound.pd
