/* c *//** d */ [ 1.5.5 .5 00.1 (x: x.1) __curPos ({ __overrides = { }; }) 1.e3 ]
# end