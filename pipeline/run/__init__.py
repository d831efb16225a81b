"""The whole road: ``road.py`` strings the stages of ``stages.py`` together; ``engine.py`` says where they run."""
